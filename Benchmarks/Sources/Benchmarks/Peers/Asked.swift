import NHSNumbers

/// The same questions put to every kind of table. Each contender has the questions in the form that its table takes,
/// made beforehand, and holds its table in a local constant: the best that plain code does.
struct Asked {
  private let queries: [NHSNumber]
  private let tables: Tables

  init(_ queries: [NHSNumber], _ tables: Tables) {
    self.queries = queries
    self.tables = tables
  }

  var batch: Contender {
    let (index, queries) = (tables.index, queries)
    var matches = [NHSNumberIndex.Match]()
    matches.reserveCapacity(queries.count)
    return Contender("index, batch") {
      matches.removeAll(keepingCapacity: true)
      index.matches(in: queries, appendingTo: &matches)
      return UInt64(matches.count) &+ UInt64(matches.last?.position ?? 0)
    }
  }

  /// One call after the other in one loop: inlined, with the index's pointers kept in registers. Kind to ours; what a
  /// request handler sees is ``isolated``.
  var single: Contender {
    let (index, queries) = (tables.index, queries)
    return Contender("index, single calls in one loop") {
      var sum: UInt64 = 0
      for query in queries { if let position = index.position(of: query) { sum &+= UInt64(position) } }
      return sum
    }
  }

  /// One opaque call for each question, as from a request handler: nothing is kept in registers between two.
  var isolated: Contender {
    let (index, queries) = (tables.index, queries)
    return Contender("index, isolated calls") {
      var sum: UInt64 = 0
      for query in queries { sum &+= askIndex(index, query) }
      return sum
    }
  }

  var isolatedDictionaryOfIntegers: Contender {
    let dictionary = tables.integers
    let queries = queries.map(\.tenDigits)
    return Contender("Dictionary<UInt64, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { sum &+= askDictionary(dictionary, query) }
      return sum
    }
  }

  var bitTests: Contender {
    let (floor, queries) = (tables.floor, queries)
    return Contender("bare bit tests") { floor.count(queries) }
  }

  var dictionaryOfStrings: Contender {
    let dictionary = tables.strings
    let queries = queries.map(\.wireForm)
    return Contender("Dictionary<String, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { if let value = dictionary[query] { sum &+= UInt64(value) } }
      return sum
    }
  }

  var dictionaryOfIntegers: Contender {
    let dictionary = tables.integers
    let queries = queries.map(\.tenDigits)
    return Contender("Dictionary<UInt64, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { if let value = dictionary[query] { sum &+= UInt64(value) } }
      return sum
    }
  }

  var dictionaryOfNumbers: Contender {
    let (dictionary, queries) = (tables.numbers, queries)
    return Contender("Dictionary<NHSNumber, UInt32>") {
      var sum: UInt64 = 0
      for query in queries { if let value = dictionary[query] { sum &+= UInt64(value) } }
      return sum
    }
  }

  var setOfIntegers: Contender {
    let set = tables.integerSet
    let queries = queries.map(\.tenDigits)
    return Contender("Set<UInt64>") {
      var sum: UInt64 = 0
      for query in queries where set.contains(query) { sum &+= 1 }
      return sum
    }
  }

  var sortedArray: Contender {
    let (sorted, queries) = (tables.sorted, queries)
    return Contender("sorted array") {
      var sum: UInt64 = 0
      for query in queries { if let value = sorted.position(of: query.payload) { sum &+= UInt64(value) } }
      return sum
    }
  }
}

@inline(never)
private func askIndex(_ index: NHSNumberIndex, _ number: NHSNumber) -> UInt64 {
  UInt64(index.position(of: number) ?? 0)
}

@inline(never)
private func askDictionary(_ dictionary: [UInt64: UInt32], _ number: UInt64) -> UInt64 {
  UInt64(dictionary[number] ?? 0)
}
