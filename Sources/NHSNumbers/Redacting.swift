/// A value that can hold a patient and therefore never prints itself.
///
/// Conforming gives a type a fixed `description` and `debugDescription`, and an empty mirror, so that string
/// interpolation, `print`, `dump`, test output and crash reports show its type and nothing else (hazard H9).
/// What a person is meant to read has an explicit property, such as `displayText` or `formatted()`.
public protocol Redacting: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacting {
  /// The name of the type, and that its content is withheld.
  public var description: String { "\(Self.self)(redacted)" }

  /// The same as `description`: debugging output reaches logs too.
  public var debugDescription: String { description }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
