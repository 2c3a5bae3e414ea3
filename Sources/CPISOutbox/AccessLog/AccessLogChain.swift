internal import CPISDigests

/// The chain of a log's lines, read and checked.
struct AccessLogChain {
  /// Whole lines, whether or not their links hold.
  private(set) var lines: UInt64 = 0
  /// Where the last whole line ends.
  private(set) var wholeLength = 0
  /// The hash that the next line builds on: as the last whole line states it.
  private(set) var lastHash = AccessLogLine.start
  /// The number of the first line whose link does not hold.
  private(set) var firstBroken: UInt64?
  /// The hash after each record that was asked for.
  private(set) var hashAtCount: [UInt8]?

  init(_ bytes: [UInt8], hashAt wanted: UInt64? = nil) {
    if wanted == 0 { hashAtCount = lastHash }
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines += 1
      let line = bytes[start..<end]
      if !Self.holds(line, after: lastHash), firstBroken == nil { firstBroken = lines }
      if let stated = [UInt8](hexadecimal: line.prefix(64)), stated.count == 32 { lastHash = stated }
      if lines == wanted { hashAtCount = lastHash }
      start = end + 1
    }
    wholeLength = start
  }

  private static func holds(_ line: ArraySlice<UInt8>, after previous: [UInt8]) -> Bool {
    line.count > 65 && line[line.startIndex + 64] == UInt8(ascii: " ")
      && [UInt8](hexadecimal: line.prefix(64)) == AccessLogLine.hash(after: previous, line.dropFirst(65))
  }

  /// Where a record ends that the log's end holds without its line feed, or with another byte in its place; `nil`
  /// when its end holds none.
  func endOfLastRecord(in bytes: [UInt8]) -> Int? {
    [bytes.count - 1, bytes.count].first { end in
      end > wholeLength && Self.holds(bytes[wholeLength..<end], after: lastHash)
    }
  }
}
