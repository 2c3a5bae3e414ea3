/// Whether the whole of an answer could be read (hazard H13).
public enum Completeness: Hashable, Sendable {
  /// All of it.
  case complete
  /// Some entries could not be read, and may matter; how many, when that is known.
  case partial(unreadableEntries: Int?)
}
