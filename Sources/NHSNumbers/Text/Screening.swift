/// What screening a text against an index found.
///
/// A line is in exactly one of three places: among the matches, among the faults, or counted in
/// ``numberCount`` without a match. "No match" is known only of the last kind; a fault is unknown.
public struct Screening: Sendable, Hashable {
  /// A line whose number the index holds.
  public struct Match: Sendable, Hashable {
    /// The line, counted from 1, a header included. For a CSV row that spans lines, its first.
    public let line: Int

    /// The number's position in the index.
    public let position: Int
  }

  /// The lines whose number the index holds, in order.
  public let matches: [Match]

  /// The lines that gave no number, in order: to be looked at by somebody.
  public let faults: [LineFault]

  /// How many lines gave a number, matched or not.
  public let numberCount: Int
}
