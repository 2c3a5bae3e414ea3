import NHSNumbers

var harness = Harness()
harness.filter = CommandLine.arguments.dropFirst().first
for (count, name) in [(100_000, "100 k"), (1_000_000, "1 M"), (10_000_000, "10 M")] {
  guard harness.wants("lookup \(name)") else { continue }
  let keys = KeyPattern.uniform.keys(count, seed: 1)
  for hits in [1, 100] {
    let suite = LookupSuite(Population(keys: keys, queries: 1_000_000, hits: hits))
    harness.compare(
      "lookup \(name), \(hits) %", operations: 1_000_000,
      [suite.batch, suite.bitTests, suite.dictionaryOfIntegers])
    harness.compare(
      "lookup \(name), \(hits) %, single", operations: 1_000_000,
      [suite.single, suite.dictionaryOfIntegers, suite.dictionaryOfStrings])
    Report.line("\(Double(suite.index.byteCount) / Double(count)) bytes a record")
  }
}
print(Sink.value)
