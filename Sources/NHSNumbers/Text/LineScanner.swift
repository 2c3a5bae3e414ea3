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
  /// A text has lines of one form, as a rule, and each form has a loop whose lines have one length.
  private mutating func fillQuickly(_ chunk: inout TextChunk) {
    var before: Int
    repeat {
      before = chunk.count
      fillQuickly(&chunk, isGrouped: false, endsInReturn: false)
      fillQuickly(&chunk, isGrouped: true, endsInReturn: false)
      fillQuickly(&chunk, isGrouped: false, endsInReturn: true)
      fillQuickly(&chunk, isGrouped: true, endsInReturn: true)
    } while chunk.count > before && chunk.count < TextChunk.capacity
  }

  /// Reads lines of one form: plain or 3-3-4, with or without a carriage return at the end.
  ///
  /// With local variables: fields would be written back for each line, in case the chunk lay where they do.
  @inline(__always)
  private mutating func fillQuickly(_ chunk: inout TextChunk, isGrouped: Bool, endsInReturn: Bool) {
    guard let start = unsafe text.start else { return }
    let width = isGrouped ? 12 : 10
    let length = width + (endsInReturn ? 2 : 1)
    let end = text.count - length
    let (numbers, lines) = unsafe (chunk.numbers, chunk.lines)
    var (at, line, count) = (at, line, chunk.count)
    while count < TextChunk.capacity, at <= end {
      let here = unsafe start + at
      guard unsafe here.load(fromByteOffset: length &- 1, as: UInt8.self) == Self.lineFeed else { break }
      if endsInReturn, unsafe here.load(fromByteOffset: width, as: UInt8.self) != Self.carriageReturn { break }
      let payload =
        unsafe isGrouped ? DigitLanes.separated(at: here, by: UInt8(ascii: " ")) : DigitLanes.plain(at: here)
      guard payload <= NHSNumber.largestPayload else { break }
      unsafe numbers[count] = NHSNumber(provenPayload: payload)
      unsafe lines[count] = line
      count &+= 1
      at &+= length
      line &+= 1
    }
    (self.at, self.line, chunk.count) = (at, line, count)
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
