extension NHSNumberIndex {
  /// What is wrong with the structure, or `nil` when all that lookups rely on holds.
  ///
  /// The package trait `InternalChecks` asks this after every construction; tests ask it directly.
  ///
  /// - Complexity: O(`count`).
  package var brokenInvariant: String? {
    let geometry = storage.geometry
    guard geometry.isAllowed else { return "sizes out of range" }
    guard unsafe starts[0] == 0 else { return "the first group does not start at 0" }
    guard unsafe starts[geometry.groupCount] == count else { return "the groups do not end at the count" }
    for group in 0..<geometry.groupCount where unsafe starts[group] > starts[group + 1] {
      return "the groups are not in order"
    }
    var bits = [UInt64](repeating: 0, count: geometry.wordCount)
    var last: UInt32?
    var walk = ScrambledNumbers(self)
    for position in 0..<count {
      guard let scrambled = walk.next() else { return "fewer numbers than the count" }
      if let last, last >= scrambled { return "the numbers are not in order" }
      last = scrambled
      guard let number = NHSNumber(payload: storage.scramble.payload(of: scrambled)) else {
        return "not an NHS number"
      }
      guard mayHold(scrambled << 2) else { return "a number with a bit clear" }
      guard self.position(of: number) == position else { return "a number not found at its position" }
      let cell = (scrambled << 2) >> cellShift
      bits[Int(cell >> 6)] |= geometry.bits(of: scrambled << 2)
    }
    guard bits.indices.allSatisfy({ unsafe bits[$0] == bitmap[$0] }) else { return "a bit is set without a number" }
    guard isZero(geometry.startsEnd..<geometry.remaindersOffset) else {
      return "bytes after the last group are not zero"
    }
    guard isZero(geometry.remaindersEnd..<geometry.byteCount) else {
      return "bytes after the last remainder are not zero"
    }
    return nil
  }

  private func isZero(_ offsets: Range<Int>) -> Bool {
    offsets.allSatisfy { unsafe storage.base.load(fromByteOffset: $0, as: UInt8.self) == 0 }
  }
}
