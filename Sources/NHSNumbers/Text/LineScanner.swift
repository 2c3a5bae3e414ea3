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
  ) throws(NHSNumberColumn.ReadingError) {
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
      // The lines after it may be in it. In any other line a carriage return is an unexpected character.
      guard !(0..<end).contains(where: { text[$0] == Self.carriageReturn }) else { throw .headerBroken }
      at = next
      line = 2
    }
  }

  mutating func fill(_ chunk: inout TextChunk) -> Bool {
    while true {
      fillQuickly(&chunk)
      guard chunk.count < TextChunk.capacity else { return true }
      guard at < text.count else { return false }
      let (end, next) = endOfLine()
      chunk.append(text[at..<end], line: line, options)
      at = next
      line += 1
    }
  }

  /// Reads on until the chunk is full, the text nearly ends, or a line is not well formed.
  ///
  /// With local variables: fields would be written back for each line, in case the chunk lay where they do.
  private mutating func fillQuickly(_ chunk: inout TextChunk) {
    guard let start = unsafe text.start else { return }
    // The longest line here has twelve characters and two of line end.
    let end = text.count - 14
    let (numbers, lines) = unsafe (chunk.numbers, chunk.lines)
    var (at, line, count) = (at, line, chunk.count)
    while count < TextChunk.capacity, at <= end {
      let (payload, length) = unsafe Self.quickLine(start + at)
      guard payload <= NHSNumber.largestPayload else { break }
      unsafe numbers[count] = NHSNumber(provenPayload: payload)
      unsafe lines[count] = line
      count &+= 1
      at &+= length
      line &+= 1
    }
    (self.at, self.line, chunk.count) = (at, line, count)
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
