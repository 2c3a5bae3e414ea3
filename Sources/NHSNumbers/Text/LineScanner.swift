/// Reads one number a line.
///
/// `unsafe`: the loop that the screening goals are measured on (`Benchmarks`, "screen").
struct LineScanner: TextScanner {
  private let text: TextBytes
  private let options: NHSNumber.ParsingOptions
  private var at = 0
  private var line: UInt32 = 1

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(
    _ text: TextBytes, _ header: NHSNumberColumn.Header, _ options: NHSNumber.ParsingOptions
  ) {
    self.text = text
    self.options = options
    let (end, next) = endOfLine()
    let isHeader =
      switch header {
      case .absent: false
      case .present: text.count > 0
      case .detected:
        end > 0 && !(0..<end).contains { UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[$0] }
      }
    if isHeader {
      at = next
      line = 2
    }
  }

  mutating func fill(_ chunk: inout TextChunk) -> Bool {
    guard let start = unsafe text.start else { return false }
    // The longest line of the fast path has twelve characters and two of line end.
    let fastEnd = text.count - 14
    while chunk.count < TextChunk.capacity {
      if at <= fastEnd {
        let here = unsafe start + at
        let (payload, length) = unsafe Self.quickLine(here)
        if payload <= NHSNumber.largestPayload {
          chunk.append(provenPayload: payload, line: line)
          at &+= length
          line &+= 1
          continue
        }
      }
      guard at < text.count else { return false }
      let (end, next) = endOfLine()
      chunk.append(text[at..<end], line: line, options)
      at = next
      line += 1
    }
    return true
  }

  /// The payload and length of a well-formed line, or a payload above the largest.
  @inline(__always)
  private static func quickLine(_ here: UnsafeRawPointer) -> (payload: UInt32, length: Int) {
    let tenth = unsafe here.load(fromByteOffset: 10, as: UInt8.self)
    if tenth == lineFeed { return unsafe (DigitLanes.plain(at: here), 11) }
    let eleventh = unsafe here.load(fromByteOffset: 11, as: UInt8.self)
    if tenth == carriageReturn && eleventh == lineFeed { return unsafe (DigitLanes.plain(at: here), 12) }
    let twelfth = unsafe here.load(fromByteOffset: 12, as: UInt8.self)
    let thirteenth = unsafe here.load(fromByteOffset: 13, as: UInt8.self)
    let isEnd = twelfth == lineFeed || (twelfth == carriageReturn && thirteenth == lineFeed)
    guard isEnd else { return (.max, 0) }
    let length = twelfth == lineFeed ? 13 : 14
    return unsafe (DigitLanes.separated(at: here, by: UInt8(ascii: " ")), length)
  }

  /// Where this line ends without its line end, and where the next begins.
  private func endOfLine() -> (end: Int, next: Int) {
    var end = at
    while end < text.count, text[end] != Self.lineFeed { end += 1 }
    let next = min(end + 1, text.count)
    let isTerminated = end < text.count
    if isTerminated, end > at, text[end - 1] == Self.carriageReturn { end -= 1 }
    return (end, next)
  }
}
