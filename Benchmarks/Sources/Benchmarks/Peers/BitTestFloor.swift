import NHSNumbers

/// The least that any filter of this kind can do: one multiplication and one bit test a number, over a
/// bitmap of the same size, with nothing found and nothing written.
struct BitTestFloor {
  private let bitmap: [UInt64]
  private let shift: UInt32
  private static let factor: UInt32 = 0x278D_DE6D << 2

  init(_ keys: [NHSNumber]) {
    var cellBits = 15
    while 1 << cellBits < 12 * keys.count { cellBits += 1 }
    var bitmap = [UInt64](repeating: 0, count: 1 << (cellBits - 6))
    shift = UInt32(32 - cellBits)
    for key in keys {
      let cell = (key.payload &* Self.factor) >> shift
      bitmap[Int(cell >> 6)] |= 1 << UInt64(cell & 63)
    }
    self.bitmap = bitmap
  }

  func count(_ queries: [NHSNumber]) -> UInt64 {
    let shift = shift
    return bitmap.withUnsafeBufferPointer { bitmap in
      var found: UInt64 = 0
      for query in queries {
        let cell = (query.payload &* Self.factor) &>> shift
        found &+= (bitmap[Int(truncatingIfNeeded: cell &>> 6)] &>> UInt64(cell)) & 1
      }
      return found
    }
  }
}
