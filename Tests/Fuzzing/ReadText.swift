import NHSNumbers

// Reads whatever bytes it is given as a list and as CSV files. Built and run by `.ci/fuzz`, with the address sanitizer,
// on libFuzzer or, with EVERY_BIT, on every cut and every byte of a small text: the readers load without a check.

private let index = NHSNumberIndex((0..<UInt32(100)).compactMap { NHSNumber(payload: 999_000_000 + $0) })

/// Reads a text in every way, and stops the process when a line is lost.
func readText(_ text: [UInt8]) {
  // On the heap and not a byte longer, or a load beyond the end would stay within the array.
  let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
  defer { copy.deallocate() }
  _ = copy.initialize(from: text)
  let bytes = UnsafeBufferPointer(copy).span

  var lines = 0
  var isInLine = false
  for byte in text.starts(with: [0xEF, 0xBB, 0xBF]) ? text[3...] : text[...] {
    isInLine = byte != UInt8(ascii: "\n")
    if !isInLine { lines += 1 }
  }
  if isInLine { lines += 1 }
  // Only a field in quotes may hold a line end.
  let isPlain = !text.contains(UInt8(ascii: "\""))

  for column in columns {
    guard let list = try? NHSNumberList(parsing: bytes, column: column.column) else { continue }
    let told = list.numbers.count + list.faults.count
    precondition(told <= lines && (!isPlain && column.isCSV || told >= lines - column.titles), "a line is lost")
    for place in list.numbers.indices { precondition(1...lines ~= list.line(ofNumberAt: place)) }
    for fault in list.faults { precondition(1...lines ~= fault.line) }

    guard let screening = try? index.screen(bytes: bytes, column: column.column) else {
      preconditionFailure("what is read is not screened")
    }
    precondition(screening.numberCount == list.numbers.count && screening.faults == list.faults)
    precondition(
      screening.matches.map(\.position) == list.numbers.compactMap { index.position(of: $0) }, "a match is lost")
  }
}

private let columns: [(column: NHSNumberColumn, titles: Int, isCSV: Bool)] = {
  var hyphens = NHSNumberColumn.lines()
  hyphens.options = .hyphens
  return [
    (.lines(), 0, false), (.lines(header: .present), 1, false), (.lines(header: .detected), 1, false),
    (hyphens, 0, false), (.csv(named: "n"), 1, true), (.csv(named: "n", delimiter: .semicolon), 1, true),
    (.csv(named: "", delimiter: .tab), 1, true),
  ]
}()

/// Texts to begin with.
let texts: [[UInt8]] = [
  "9990000026\n999 000 0034\r\n999-000-0042\n9990000027\n\nx\n9990000026",
  "a,n\n1,9990000026\r\n\"2\n\",\"999 000 0034\"\n3\n4,9990000026\"\n\"5\"\"\",9990000026\n\"6,9990000026",
  "n;\"b\"\n9990000026;\r\n999 000 0034;\"b\"c\n9990000026;\"\r\"\n",
].map { Array($0.utf8) }

#if EVERY_BIT
  /// Reads every cut of the texts, at either end, and every text with one byte changed for one that has a meaning.
  ///
  /// - Returns: how many texts were read.
  func readEveryText() -> Int {
    var read = 0
    for text in texts {
      for place in text.indices {
        readText(Array(text[..<place]))
        readText(Array(text[place...]))
        for byte in [0, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x3B, 0xEF, 0xFF] as [UInt8] {
          var changed = text
          changed[place] = byte
          readText(changed)
        }
        read += 13
      }
    }
    return read
  }
#else
  /// libFuzzer calls this for each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    readText(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
  }
#endif
