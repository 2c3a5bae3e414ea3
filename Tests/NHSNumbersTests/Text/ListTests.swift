import CPISTestSupport
import NHSNumbers
import Testing

@Suite("Reading a column of text")
struct ListTests {
  private func read(_ text: String, _ column: NHSNumberColumn = .lines()) throws -> NHSNumberList {
    try NHSNumberList(parsing: Array(text.utf8), column: column)
  }

  private let a = "9990000026"
  private let b = "999 000 0034"

  @Test("Plain and spaced numbers, LF and CRLF, with and without a last line end", arguments: ["\n", "\r\n"])
  func lines(end: String) throws {
    for last in ["", end] {
      let list = try read([a, b, a, b, b, a].joined(separator: end) + last)
      #expect(list.numbers.map(\.payload) == [2, 3, 2, 3, 3, 2].map { 999_000_000 + $0 })
      #expect(list.faults.isEmpty)
      #expect((0..<6).map { list.line(ofNumberAt: $0) } == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test("Faulty and blank lines are reported by line, and the others are read")
  func faults() throws {
    let list = try read("\(a)\n\nhello\n9990000027\n \(a)\n\(b)\n\(a) \n\r\n\(a)")
    #expect(list.numbers.map(\.payload) == [999_000_002, 999_000_003, 999_000_002])
    #expect((0..<3).map { list.line(ofNumberAt: $0) } == [1, 6, 9])
    #expect(list.faults.map(\.line) == [2, 3, 4, 5, 7, 8])
    #expect(
      list.faults.map(\.reason) == [
        .notANumber(.empty), .notANumber(.unexpectedCharacter(offset: 0)), .notANumber(.checkDigitMismatch),
        .notANumber(.unexpectedCharacter(offset: 0)), .notANumber(.unexpectedCharacter(offset: 10)),
        .notANumber(.empty),
      ])
  }

  @Test("Every text is read as a line-by-line reading by the plain rules reads it")
  func againstReference() throws {
    let pieces = [a, b, "9990000027", "", "x", "999 000 0026 ", "999000 0026", "\r", "99900000", "\u{1F4A9}"]
    var random = SeededGenerator(seed: 61)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...6, using: &random)
      var bytes: [UInt8] = []
      for place in 0..<count {
        bytes += Array((pieces.randomElement(using: &random) ?? "").utf8)
        if place < count - 1 || Bool.random(using: &random) {
          bytes += Bool.random(using: &random) ? [10] : [13, 10]
        }
      }
      var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
      if lines.last == [] { lines.removeLast() }
      for place in lines.indices where lines[place].last == 13 {
        let isTerminated = place < lines.count - 1 || bytes.last == 10
        if isTerminated { lines[place].removeLast() }
      }
      let list = try NHSNumberList(parsing: bytes)
      #expect(list.numbers.map(\.payload) == lines.compactMap(ScalarReference.payload))
      #expect(
        list.faults.map(\.line)
          == lines.indices.filter { ScalarReference.payload(lines[$0]) == nil }.map { $0 + 1 })
    }
  }

  @Test("A title line is passed over when it is said or seen to be one")
  func headers() throws {
    #expect(try read("NHS number\n\(a)", .lines(header: .present)).numbers.count == 1)
    #expect(try read("NHS number\n\(a)", .lines(header: .detected)).line(ofNumberAt: 0) == 2)
    #expect(try read("\(b)\n\(a)", .lines(header: .detected)).numbers.count == 2)
    #expect(try read("9990000027\n\(a)", .lines(header: .detected)).faults.map(\.line) == [1])
    #expect(try read("\n\(a)", .lines(header: .detected)).faults.map(\.line) == [1])
    #expect(try read("NHS number\n\(a)").faults.map(\.line) == [1])
    #expect(try read("", .lines(header: .present)).numbers.isEmpty)
  }

  @Test("A title line that may hold other lines is an error, and a number's line that may is a fault")
  func onlyCarriageReturns() throws {
    for header in [NHSNumberColumn.Header.present, .detected] {
      #expect(throws: NHSNumberColumn.ReadingError.headerBroken) {
        try read("NHS number\rname\r", .lines(header: header))
      }
    }
    #expect(throws: NHSNumberColumn.ReadingError.headerBroken) {
      try read("NHS number\r\(a)\r\(b)\r", .lines(header: .present))
    }
    for header in [NHSNumberColumn.Header.absent, .detected] {
      #expect(try read("\(a)\r\(b)\r", .lines(header: header)).faults.map(\.line) == [1])
    }
    #expect(try read("NHS number\r\n\(a)", .lines(header: .present)).numbers.count == 1)
  }

  @Test("A byte order mark is passed over")
  func byteOrderMark() throws {
    #expect(try read("\u{FEFF}\(a)\n\(b)").numbers.count == 2)
    #expect(try read("\u{FEFF}id,nhs\n1,\(a)", .csv(named: "id")).faults.map(\.line) == [2])
  }

  @Test("Hyphens are read when asked for")
  func hyphens() throws {
    var column = NHSNumberColumn.lines()
    #expect(try read("999-000-0026\n", column).faults.count == 1)
    column.options = .hyphens
    #expect(try read("999-000-0026\n999-000-0026", column).numbers.count == 2)
  }

  @Test("A long list with faults in it keeps its lines over many chunks")
  func long() throws {
    let lines = (0..<5000).map { $0 % 97 == 0 ? "bad" : $0 % 2 == 0 ? a : b }
    let list = try read(lines.joined(separator: "\n"))
    #expect(list.faults.map(\.line) == (0..<5000).filter { $0 % 97 == 0 }.map { $0 + 1 })
    #expect(
      list.numbers.indices.map { list.line(ofNumberAt: $0) }
        == (0..<5000).filter { $0 % 97 != 0 }.map { $0 + 1 })
  }
}
