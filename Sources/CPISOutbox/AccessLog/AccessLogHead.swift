/// The end of an access log: how many records it has, and the hash that all of them lead to.
///
/// Keep it somewhere else now and then, out of reach of whoever can write the log. Against a head kept elsewhere
/// even a log that was cut short or written anew is found out; without one, only changes in the middle are.
public struct AccessLogHead: Hashable, Sendable {
  /// How many records.
  public let count: UInt64
  /// The hash of the last, as 64 hexadecimal digits; zeros when there is none.
  public let hash: String

  /// Makes a head, from where it was kept.
  public init(count: UInt64, hash: String) {
    self.count = count
    self.hash = hash
  }
}

extension AccessLogHead: CustomStringConvertible {
  /// Count and hash, `12 4f9a…`.
  public var description: String { "\(count) \(hash)" }
}
