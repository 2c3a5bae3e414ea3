import NHSNumbers
import Testing

@Suite("Reading a named column of a CSV file")
struct CSVTests {
  private func read(_ text: String, _ name: String = "nhs", _ delimiter: NHSNumberColumn.Delimiter = .comma)
    throws -> NHSNumberList
  {
    try NHSNumberList(parsing: Array(text.utf8), column: .csv(named: name, delimiter: delimiter))
  }

  private let a = "9990000026"
  private let b = "999 000 0034"

  @Test("The column is found by its title, wherever it stands", arguments: ["\n", "\r\n"])
  func places(end: String) throws {
    for (header, row) in [
      ("nhs,x,y", "\(a),1,2"), ("x,nhs,y", "1,\(b),2"), ("x,y,nhs", "1,2,\(a)"), ("nhs", b),
    ] {
      let list = try read(header + end + row + end + row)
      #expect(list.numbers.count == 2 && list.faults.isEmpty)
      #expect(list.line(ofNumberAt: 1) == 3)
    }
  }

  @Test("Quoted fields may hold delimiters, quotes and line ends")
  func quoting() throws {
    let text = #"""
      name,"nhs",note
      "Test, One","\#(a)","said ""no"""
      "Test
      Two",\#(b),"two
      lines"
      Three,"\#(a)",
      """#
    let list = try read(text)
    #expect(list.numbers.map(\.payload) == [999_000_002, 999_000_003, 999_000_002])
    #expect((0..<3).map { list.line(ofNumberAt: $0) } == [2, 3, 6])
    #expect(list.faults.isEmpty)
  }

  @Test("A title with quotes in it is found")
  func quotedTitle() throws {
    #expect(try read("\"the \"\"nhs\"\" one\",x\n\(a),1", "the \"nhs\" one").numbers.count == 1)
    #expect(try read("\"\",x\n\(a),1", "").numbers.count == 1)
  }

  @Test("Semicolons and tabulators separate when said so")
  func delimiters() throws {
    #expect(try read("x;nhs\n1,5;\(a)", "nhs", .semicolon).numbers.count == 1)
    #expect(try read("x\tnhs\n1\t\(a)", "nhs", .tab).numbers.count == 1)
  }

  @Test("Rows that give no number are reported by their first line")
  func faults() throws {
    let list = try read("x,nhs\n1\n2,bad\n\n3,\"\(a)\"z\n4,\n5,\(a)\n6,\"\(a)\n7,\(b)\n")
    #expect(list.numbers.count == 1)
    #expect(list.faults.map(\.line) == [2, 3, 4, 5, 6, 8])
    #expect(
      list.faults.map(\.reason) == [
        .fieldCount, .notANumber(.unexpectedCharacter(offset: 0)), .missingField, .textAfterQuote,
        .notANumber(.empty), .unclosedQuote,
      ])
  }

  @Test("A quote that never closes among the titles is an error, not a file without rows")
  func unclosedTitle() {
    #expect(throws: NHSNumberColumn.ReadingError.headerBroken) { try read("nhs,\"name\n\(a),x\n\(b),y\n") }
    #expect(throws: NHSNumberColumn.ReadingError.headerBroken) { try read("nhs,\"na\"me\n\(a),x\n\(b),y\n") }
  }

  @Test("A quote opened by mistake in another column is a fault of the row that swallows the next line")
  func quoteInAnotherColumn() throws {
    let list = try read("name,nhs\n\"Smith,\(a)\n\"Jones\",\(b)\nBrown,\(a)\n")
    #expect(list.faults.map(\.line) == [2] && list.faults.map(\.reason) == [.textAfterQuote])
    #expect(list.numbers.count == 1 && list.line(ofNumberAt: 0) == 4)
  }

  @Test("A file with old Macintosh line ends is an error, not a file without rows")
  func onlyCarriageReturns() {
    #expect(throws: NHSNumberColumn.ReadingError.headerBroken) {
      try read("nhs,name\r\(a),Smith\r\(b),Jones\r")
    }
    #expect(throws: NHSNumberColumn.ReadingError.headerBroken) {
      try read("\"nhs\",\"name\"\r\"\(a)\",\"Smith\"\r")
    }
  }

  @Test(
    "A carriage return that ends no line is a fault of its row, in whichever column",
    arguments: ["\n", "\r\n"])
  func strayCarriageReturn(end: String) throws {
    let list = try read("nhs,name\(end)\(a),Smith\r\(b),Jones\(end)\(a),x\(end)\(a),y\r\(end)\(a),\"z\r\"")
    #expect(list.faults.map(\.line) == (end == "\n" ? [2] : [2, 4]))
    #expect(list.faults.allSatisfy { $0.reason == .strayCarriageReturn })
    #expect(list.line(ofNumberAt: 0) == 3)
    #expect(try read("nhs,x\n\(a),1\r").faults.map(\.reason) == [.strayCarriageReturn])
  }

  @Test("A row that is wider or narrower than the titles is a fault of its line, whichever column is asked for")
  func width() throws {
    let rows = "Jones,\(a),\(b)\nJones, Jr,\(a),\(b)\n\(a),\(b)\n,\(a),\(b)\nJones,\(a),\(b),\nJones,\(a)\n"
    for name in ["SURNAME", "MOTHER_NHS", "CHILD_NHS"] {
      let list = try read("SURNAME,MOTHER_NHS,CHILD_NHS\n" + rows, name)
      #expect(list.faults.filter { $0.reason == .fieldCount }.map(\.line) == [3, 4, 6, 7], "\(name)")
      #expect(list.numbers.count == (name == "SURNAME" ? 0 : 2), "\(name)")
    }
    let onlyTitle = try read("nhs\n\(a)\n\(a),\n")
    #expect(onlyTitle.numbers.count == 1 && onlyTitle.faults.map(\.line) == [3])
    // A row whose quotes are broken is told as that: how wide it was meant to be is not known.
    let broken = try read("x,nhs\n\"1\"2,\(a),3\n")
    #expect(broken.faults.map(\.reason) == [.textAfterQuote])
    #expect(onlyTitle.faults.first?.description == "line 3: more or fewer fields than titles")
    // A blank line is no row of a file with several columns, and is told as before.
    #expect(try read("x,nhs\n\n1,\(a)\n").faults.map(\.reason) == [.missingField])
  }

  @Test("A title that is missing or there twice is an error, because nothing was read")
  func titles() {
    #expect(throws: NHSNumberColumn.ReadingError.columnMissing) { try read("x,y\n1,2") }
    #expect(throws: NHSNumberColumn.ReadingError.columnMissing) { try read("") }
    #expect(throws: NHSNumberColumn.ReadingError.columnRepeated) { try read("nhs,nhs\n1,2") }
  }
}
