import CPISOutbox
import CPISTestSupport
import Foundation

/// A small item whose payload is not a notice: enough for a store.
func sampleItem(_ index: Int, bytes: Int = 24) -> OutboxItem {
  OutboxItem(
    key: OutboxItem.Key(kind: .undeclaredAccess, id: sampleID(index)),
    acceptedAt: sampleTime.addingTimeInterval(Double(index)),
    payload: OutboxItem.Payload(
      keyID: index % 2 == 0 ? "" : "key-1", bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ index) }))
}
