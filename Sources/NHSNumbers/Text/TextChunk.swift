/// Numbers read from a text, on their way to a list or an index, with the faults between them.
///
/// `unsafe`: written once a line in the loop that the screening goals are measured on. Every write is behind
/// a check that there is room.
@safe
struct TextChunk: ~Copyable {
  static let capacity = BatchScratch.chunkLength

  /// The numbers read since the chunk was last emptied.
  let numbers: UnsafeMutablePointer<NHSNumber>
  /// The line of each.
  let lines: UnsafeMutablePointer<UInt32>
  var count = 0

  /// All faults so far; emptying leaves them.
  var faults: [LineFault] = []

  init() {
    unsafe numbers = .allocate(capacity: Self.capacity)
    unsafe lines = .allocate(capacity: Self.capacity)
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe lines.deallocate()
  }

  @inline(__always)
  mutating func append(provenPayload payload: UInt32, line: UInt32) {
    unsafe numbers[count] = NHSNumber(provenPayload: payload)
    unsafe lines[count] = line
    count &+= 1
  }

  /// Appends the number that the bytes are, or the fault.
  mutating func append(_ text: TextBytes, line: UInt32, _ options: NHSNumber.ParsingOptions) {
    let payload = text.payload(options)
    if payload <= NHSNumber.largestPayload {
      append(provenPayload: payload, line: line)
    } else {
      faults.append(LineFault(line: line, .notANumber(text.fault(options))))
    }
  }
}
