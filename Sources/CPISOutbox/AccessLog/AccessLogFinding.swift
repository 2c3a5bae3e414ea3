/// What opening an access log found at its end.
public enum AccessLogFinding: Hashable, Sendable {
  /// The last record lacked its line feed, or something else stood in its place; its hash holds, and the line feed
  /// was put back. A crash leaves that, and so does a disk that turns bits.
  case restored(record: UInt64)
  /// The end was no record. It was cut off, as what a crash leaves of a record that was never acknowledged; a head
  /// that was kept elsewhere tells whether it was more than that.
  case cutOff(bytes: Int)
}

extension AccessLogFinding: CustomStringConvertible {
  /// The finding in a sentence.
  public var description: String {
    switch self {
    case .restored(let record): "record \(record): its line feed was put back"
    case .cutOff(let bytes): "an end of \(bytes) bytes was no record, and was cut off"
    }
  }
}
