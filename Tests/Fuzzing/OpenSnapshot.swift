import NHSNumbers

#if canImport(Glibc)
  import Glibc
#endif

// Opens whatever bytes it is given as a snapshot, and uses what opens. Built and run by `.ci/fuzz`, with the address
// sanitizer, on libFuzzer or, with EVERY_BIT, on every bit flip of a small snapshot.

/// Bytes with the checksum that is right for them: or no fuzzer would ever come past the first check.
private func signed(_ bytes: [UInt8]) -> [UInt8] {
  guard bytes.count >= 64 else { return bytes }
  var snapshot = SnapshotBytes(bytes)
  snapshot.sign()
  return snapshot.bytes
}

private let queries = (0..<UInt32(400)).compactMap { NHSNumber(payload: $0 &* 2_499_999) }

/// Does all that can be done with an index, and stops the process when an answer cannot be.
private func use(_ index: NHSNumberIndex, isVerified: Bool) {
  let held = Array(index)
  precondition(held.count <= index.count && (!isVerified || held.count == index.count))
  var hits = 0
  for number in held.prefix(200) + queries {
    guard let position = index.position(of: number) else {
      precondition(!isVerified || !held.contains(number))
      continue
    }
    precondition(index.number(at: position) == number)
    hits += 1
  }
  let batch = index.matches(in: Array(held.prefix(200)) + queries)
  precondition(batch.count == hits)
  for match in batch { precondition(match.position < index.count) }
  for position in stride(from: 0, to: index.count, by: 97) { _ = index.number(at: position) }
  if let table = NHSNumberTable(index: index, record: \.payload) {
    let edited = table.applying(upserts: queries.prefix(50).map { ($0, $0.payload) }, removals: held.prefix(50))
    for (number, record) in edited { precondition(record == number.payload) }
  }
  _ = index.applying(insertions: queries.prefix(50), removals: held.prefix(50)).memberCount(in: queries)
}

private func open(_ bytes: [UInt8]) -> NHSNumberIndex? { try? NHSNumberIndex(snapshot: bytes.span) }

/// A small snapshot, as bytes.
private func seed(_ count: Int) -> [UInt8] {
  let numbers = (0..<UInt32(count * 2)).compactMap { NHSNumber(payload: 999_000_000 + $0) }
  return SnapshotBytes(NHSNumberIndex(numbers.prefix(count))).bytes
}

#if EVERY_BIT
  @main
  enum EveryBit {
    /// Flips every bit with the checksum left as it is: must be refused. Then one bit of every byte with a right
    /// checksum: may open, must be usable. And every length up to the whole.
    ///
    /// Its arguments are two folders, where it leaves snapshots and texts for the fuzzers to begin with.
    static func main() throws {
      for (name, count) in [("none", 0), ("one", 1), ("forty", 40), ("thousand", 1000)] {
        leave(seed(count), "\(CommandLine.arguments[1])/\(name)")
      }
      for (number, text) in texts.enumerated() { leave(text, "\(CommandLine.arguments[2])/\(number)") }
      print("\(readEveryText()) texts read, no line lost")
      for (number, text) in jsonTexts.enumerated() { leave(text, "\(CommandLine.arguments[3])/\(number)") }
      let json = readEveryJSON()
      print("\(json.read) texts read as JSON; \(json.accepted) are, and come back as they were")
      var bytes = seed(40)
      let whole = bytes
      var (refused, usable) = (0, 0)
      for place in bytes.indices {
        for bit in 0..<8 {
          bytes[place] ^= 1 << bit
          precondition(open(bytes) == nil, "byte \(place), bit \(bit) went unnoticed")
          refused += 1
          if bit == place % 8, let index = open(signed(bytes)) {
            use(index, isVerified: false)
            usable += 1
          }
          bytes[place] ^= 1 << bit
        }
      }
      for length in 0..<whole.count {
        precondition(open(Array(whole[..<length])) == nil, "cut to \(length), it opens")
        refused += 1
      }
      print("\(refused) flips and cuts refused; \(usable) flips with a right checksum opened and were used")
    }

    private static func leave(_ bytes: [UInt8], _ path: String) {
      let file = fopen(path, "wb")
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
  }
#else
  /// libFuzzer calls this for each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    // Bytes 0 to 63 are the header; the rest is repeated to the length that the header asks for, so that short inputs
    // can be whole files.
    var bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard bytes.count >= 64 else { return 0 }
    var length = 0
    for byte in 0..<4 { length |= Int(bytes[24 + byte]) << (byte * 8) }
    let body = Array(bytes[64...])
    while !body.isEmpty, bytes.count < min(length, 1 << 18) {
      bytes += body.prefix(min(length, 1 << 18) - bytes.count)
    }
    for candidate in [bytes, signed(bytes)] {
      if let index = open(candidate) { use(index, isVerified: false) }
      if let index = try? NHSNumberIndex(snapshot: candidate.span, verification: .everyNumber) {
        use(index, isVerified: true)
      }
    }
    return 0
  }
#endif
