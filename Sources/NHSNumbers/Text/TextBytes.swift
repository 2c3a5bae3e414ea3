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
  func payload(_ options: NHSNumber.ParsingOptions) -> UInt32 {
    unsafe NHSNumber.payload(of: bytes.bindMemory(to: UInt8.self).span, options)
  }

  /// Why these bytes are no number.
  func fault(_ options: NHSNumber.ParsingOptions) -> NHSNumber.ParseError {
    unsafe NHSNumber.fault(in: bytes.bindMemory(to: UInt8.self).span, options)
  }
}
