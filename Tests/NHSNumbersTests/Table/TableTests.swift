import CPISTestSupport
import NHSNumbers
import Testing

@Suite("Tables of records")
struct TableTests {
  private let numbers = Numbers.random(5000, seed: 41)

  private func agrees(_ table: NHSNumberTable<String>, _ dictionary: [NHSNumber: String]) -> Bool {
    table.count == dictionary.count && numbers.allSatisfy { table[$0] == dictionary[$0] }
      && table.allSatisfy { dictionary[$0.number] == $0.record }
  }

  @Test("A table gives each number its own record")
  func lookup() throws {
    let pairs = numbers.prefix(3000).enumerated().map { ($1, "record \($0)") }
    let table = try NHSNumberTable(pairs)
    #expect(agrees(table, Dictionary(uniqueKeysWithValues: pairs)))
    #expect(table.records.count == 3000)
    #expect(table.contains(numbers[0]) && !table.contains(numbers[4000]))
  }

  @Test("An empty table holds nothing and can be edited")
  func empty() {
    let table = NHSNumberTable<String>()
    #expect(table.isEmpty && table[numbers[0]] == nil && Array(table).isEmpty)
    #expect(table.applying(upserts: [(numbers[0], "a")], removals: [])[numbers[0]] == "a")
  }

  @Test("A number that comes twice is refused, with the places")
  func duplicates() {
    #expect {
      try NHSNumberTable([(numbers[0], "a"), (numbers[1], "b"), (numbers[0], "c")])
    } throws: { error in
      let duplicates = (error as? NHSNumberIndex.DuplicateNumbers)?.duplicates
      return duplicates?.map(\.offset) == [2] && duplicates?.map(\.first) == [0]
    }
  }

  @Test("A number that comes three times is combined in order", arguments: [0, 2000])
  func combining(others: Int) {
    let pairs = [(numbers[0], "a"), (numbers[1], "b"), (numbers[0], "c"), (numbers[0], "d")]
    let table = NHSNumberTable(pairs + numbers.suffix(others).map { ($0, "x") }) { $0 + $1 }
    #expect(table[numbers[0]] == "acd")
    #expect(table[numbers[1]] == "b")
  }

  @Test(
    "Edits in bulk do what a dictionary does, and leave the old table alone", arguments: [1, 50, 400, 2000])
  func editing(edits: Int) throws {
    var random = SeededGenerator(seed: UInt64(edits))
    var dictionary = Dictionary(uniqueKeysWithValues: numbers.prefix(2500).map { ($0, "first") })
    var table = try NHSNumberTable(dictionary.map { ($0, $1) })
    for round in 0..<6 {
      let before = table
      let old = dictionary
      let removals = (0..<edits / 2 + 1).map { _ in numbers[Int.random(in: 0..<5000, using: &random)] }
      let upserts = (0..<edits).map {
        (numbers[Int.random(in: 0..<5000, using: &random)], "round \(round), edit \($0)")
      }
      table = table.applying(upserts: upserts, removals: removals)
      for number in removals { dictionary[number] = nil }
      for (number, record) in upserts { dictionary[number] = record }
      #expect(agrees(table, dictionary))
      #expect(agrees(before, old))
      #expect(table.index.brokenInvariant == nil)
    }
  }

  @Test("An edit that removes everything leaves an empty table that answers no")
  func removingAll() throws {
    let table = try NHSNumberTable(numbers.map { ($0, "a") }).applying(upserts: [], removals: numbers)
    #expect(table.isEmpty && numbers.allSatisfy { table[$0] == nil })
  }

  @Test("Records put beside an existing index go to their numbers")
  func besideIndex() throws {
    let table = try #require(NHSNumberTable(index: NHSNumberIndex(numbers)) { $0.payload })
    #expect(numbers.allSatisfy { table[$0] == $0.payload })
  }

  @Test("Nothing printed about a number, index or table shows digits")
  func redaction() throws {
    let number = try NHSNumber(parsing: "9990000026")
    let table = try NHSNumberTable([(number, "9990000026")])
    var dumped = ""
    dump(table, to: &dumped)
    dump(table.makeIterator(), to: &dumped)
    dump(table.index, to: &dumped)
    dump(table.index.makeIterator(), to: &dumped)
    dump(try NHSNumberList(parsing: Array("9990000026\n9990000027".utf8)), to: &dumped)
    let texts = [
      dumped, "\(table.makeIterator())", "\(table)", String(reflecting: table), "\(table.index)",
      String(reflecting: table.index),
    ]
    for text in texts { #expect(!text.contains("999")) }
    // What may be said is.
    #expect(String(reflecting: table) == "NHSNumberTable(1 records, redacted)")
    #expect(String(reflecting: table.index) == "NHSNumberIndex(1 numbers, redacted)")
  }
}
