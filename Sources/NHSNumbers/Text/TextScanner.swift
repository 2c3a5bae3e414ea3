/// Goes through a text and fills chunks with the numbers it finds.
protocol TextScanner {
  /// Reads on until the chunk is full or the text ends.
  ///
  /// - Returns: whether there may be more.
  mutating func fill(_ chunk: inout TextChunk) -> Bool
}

/// Numbers read from a text, on their way to a list or an index, with the faults between them.
///
/// `unsafe`: the loop that the screening goals are measured on writes to it once a line. A check that there is room
/// precedes every write.
@safe
struct TextChunk: ~Copyable {
  static let capacity = BatchScratch.chunkLength

  /// The numbers read since the chunk was last emptied.
  let numbers: UnsafeMutablePointer<NHSNumber>
  /// The line of each.
  let lines: UnsafeMutablePointer<UInt32>
  var count = 0

  /// All faults so far; emptying the chunk keeps them.
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
  private mutating func append(provenPayload payload: UInt32, line: UInt32) {
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

/// The bytes of a text while it is being read, with every access checked.
@safe
struct TextBytes {
  private let bytes: UnsafeRawBufferPointer

  /// How many bytes there are.
  let count: Int

  /// - Parameter bytes: must outlive this value.
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.bytes = bytes
    count = bytes.count
  }

  /// Where the bytes lie; for readers that check the room themselves.
  var start: UnsafeRawPointer? { unsafe bytes.baseAddress }

  @inline(__always)
  subscript(place: Int) -> UInt8 {
    precondition(place >= 0 && place < count, "outside the text")
    return unsafe bytes[place]
  }

  @inline(__always)
  subscript(range: Range<Int>) -> TextBytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "outside the text")
    return unsafe TextBytes(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// The number that these bytes are, as a payload; above the largest when they are none.
  @inline(__always)
  fileprivate func payload(_ options: NHSNumber.ParsingOptions) -> UInt32 {
    unsafe NHSNumber.payload(of: bytes.bindMemory(to: UInt8.self).span, options)
  }

  /// Why these bytes are no number.
  fileprivate func fault(_ options: NHSNumber.ParsingOptions) -> NHSNumber.ParseError {
    unsafe NHSNumber.fault(in: bytes.bindMemory(to: UInt8.self).span, options)
  }
}
