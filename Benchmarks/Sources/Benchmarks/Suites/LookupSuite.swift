import NHSNumbers

/// Single calls and batches against every table of the standard library.
struct LookupSuite {
  /// How many records there are.
  enum Size: String, CaseIterable {
    case hundredThousand = "100 k"
    case million = "1 M"
    case tenMillion = "10 M"

    /// Those that continuous integration has time for.
    static let quick: [Size] = [.hundredThousand, .million]

    var count: Int {
      switch self {
      case .hundredThousand: 100_000
      case .million: 1_000_000
      case .tenMillion: 10_000_000
      }
    }
  }

  /// Measures single calls and batches at a size, uniform keys, with so many hits in a hundred.
  static func compare(_ size: Size, hits: [Int], _ harness: inout Harness) {
    guard harness.wants("lookup \(size.rawValue)") else { return }
    let keys = KeyPattern.uniform.keys(size.count, seed: 1)
    for hits in hits {
      let suite = LookupSuite(Population(keys: keys, queries: 1_000_000, hits: hits))
      harness.compare(
        "lookup \(size.rawValue), \(hits) %, batch", operations: 1_000_000,
        [suite.batch, suite.bitTests, suite.dictionaryOfIntegers])
      harness.compare(
        "lookup \(size.rawValue), \(hits) %, single", operations: 1_000_000,
        [suite.single, suite.dictionaryOfIntegers, suite.dictionaryOfStrings])
      Report.line("\(Report.number(Double(suite.index.byteCount) / Double(size.count))) bytes a record")
    }
  }

  let population: Population
  let index: NHSNumberIndex
  private let floor: BitTestFloor

  init(_ population: Population) {
    self.population = population
    index = NHSNumberIndex(population.keys)
    floor = BitTestFloor(population.keys)
  }

  private var queries: [NHSNumber] { population.queries }

  var batch: Contender {
    let (index, queries) = (index, queries)
    var matches = [NHSNumberIndex.Match]()
    matches.reserveCapacity(queries.count)
    return Contender("index, batch") {
      matches.removeAll(keepingCapacity: true)
      index.matches(in: queries.span, appendingTo: &matches)
      return UInt64(matches.count) &+ UInt64(matches.last?.position ?? 0)
    }
  }

  var single: Contender {
    let (index, queries) = (index, queries)
    return Contender("index, single") {
      var sum: UInt64 = 0
      for query in queries { if let position = index.position(of: query) { sum &+= UInt64(position) } }
      return sum
    }
  }

  /// Each question waits for the answer before it, as in a request handler: latency, not throughput.
  var isolated: Contender {
    let (index, queries) = (index, queries)
    return Contender("index, isolated call") {
      var sum = 0
      var place = 0
      for _ in 0..<queries.count {
        let found = index.position(of: queries[place]) ?? 0
        sum &+= found
        place = (place &+ 1 &+ found &* 0) % queries.count
      }
      return UInt64(sum)
    }
  }

  var bitTests: Contender {
    let (floor, queries) = (floor, queries)
    return Contender("bare bit tests") { floor.count(queries) }
  }

  var dictionaryOfStrings: Contender {
    let dictionary = Dictionary(
      uniqueKeysWithValues: population.keys.enumerated().map { ($1.wireForm, UInt32($0)) })
    let queries = queries.map(\.wireForm)
    return Contender("Dictionary<String, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { if let value = dictionary[query] { sum &+= UInt64(value) } }
      return sum
    }
  }

  var dictionaryOfIntegers: Contender {
    let dictionary = Dictionary(
      uniqueKeysWithValues: population.keys.enumerated().map { (Self.tenDigits($1), UInt32($0)) })
    let queries = queries.map(Self.tenDigits)
    return Contender("Dictionary<UInt64, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { if let value = dictionary[query] { sum &+= UInt64(value) } }
      return sum
    }
  }

  var dictionaryOfNumbers: Contender {
    let dictionary = Dictionary(
      uniqueKeysWithValues: population.keys.enumerated().map { ($1, UInt32($0)) })
    let queries = queries
    return Contender("Dictionary<NHSNumber, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { if let value = dictionary[query] { sum &+= UInt64(value) } }
      return sum
    }
  }

  var setOfIntegers: Contender {
    let set = Set(population.keys.map(Self.tenDigits))
    let queries = queries.map(Self.tenDigits)
    return Contender("Set<UInt64>") {
      var sum: UInt64 = 0
      for query in queries where set.contains(query) { sum &+= 1 }
      return sum
    }
  }

  var sortedArray: Contender {
    let sorted = SortedArray(population.keys.map(\.payload))
    let queries = queries
    return Contender("sorted array") {
      var sum: UInt64 = 0
      for query in queries { if let value = sorted.position(of: query.payload) { sum &+= UInt64(value) } }
      return sum
    }
  }

  private static func tenDigits(_ number: NHSNumber) -> UInt64 {
    UInt64(number.payload) * 10 + UInt64(number.checkDigit)
  }
}
