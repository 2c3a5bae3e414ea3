import CPIS
import CPISOutbox
import Foundation
import NHSNumbers

/// Numbers of the range that is for tests only.
func sampleNumber(_ index: Int) throws -> NHSNumber {
  // In steps of three, so that no two indices come to one number when a payload has no check digit.
  var payload = UInt32(999_000_000 + (index % 300_000) * 3)
  while true {
    if let number = NHSNumber(payload: payload) { return number }
    payload += 1
  }
}

func sampleID(_ index: Int) -> UUID {
  let n = UInt32(truncatingIfNeeded: index)
  func byte(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: n >> shift) }
  return UUID(uuid: (byte(24), byte(16), byte(8), byte(0), 0xC0, 0xDE, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
}

let sampleTime = Date(timeIntervalSince1970: 1_795_000_000)

/// A small item whose payload is not a notice: enough for a store.
func sampleItem(_ index: Int, bytes: Int = 24) -> OutboxItem {
  OutboxItem(
    key: OutboxItem.Key(kind: .undeclaredAccess, id: sampleID(index)),
    acceptedAt: sampleTime.addingTimeInterval(Double(index)),
    payload: OutboxItem.Payload(
      keyID: index % 2 == 0 ? "" : "key-1", bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) }))
}

/// A generator with a seed to print: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
