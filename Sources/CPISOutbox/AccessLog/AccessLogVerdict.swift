/// What checking an access log's chain came to.
public enum AccessLogVerdict: Hashable, Sendable {
  /// Every link holds, up to this head. An unfinished last line, which a crash leaves, was never acknowledged and
  /// does not count.
  case intact(AccessLogHead)
  /// The first link that does not hold: the record with this number, from 1, was changed, or one before it was
  /// removed or put in.
  case broken(record: UInt64)
  /// The chain holds, and does not lead to the head that was kept elsewhere: the log was cut short or written anew.
  case headDiffers(AccessLogHead)
}
