/// Why a snapshot was not opened or not written. It never carries a path or any content.
public struct SnapshotError: Error, Hashable, Sendable {
  /// The cause, to decide by. More may be added: have a `default`.
  public struct Code: Hashable, Sendable {
    private let name: String

    private init(_ name: String) { self.name = name }

    /// The bytes are not a snapshot of an index. Look for the right file.
    public static let notASnapshot = Code("not a snapshot")

    /// Another version of this library wrote it, in a format that this one does not know. Build it anew.
    public static let unsupportedVersion = Code("a format version this library does not know")

    /// It is cut short, or longer than it says. Build it anew.
    public static let wrongSize = Code("the size does not agree with the content")

    /// Bits have changed since it was written. Build it anew, and doubt the disk.
    public static let checksumMismatch = Code("the checksum does not match")

    /// The checksum is right and the structure is not: somebody made this file to do harm, or a writer is
    /// wrong. Keep it for whoever looks into that.
    public static let brokenStructure = Code("the structure is broken")

    /// The file belongs to another user, or others may write to it, so that it could change after it was
    /// checked. Write it anew, copy it to a new file, or open it with ``SnapshotAccess/copied``.
    ///
    /// Do not repair its permissions and map it: whoever has it open for writing already may go on writing.
    public static let writableByOthers = Code("others could change the file while it is in use")

    /// It is larger than the caller allows. Allow more if so many numbers are expected; if not, doubt the file.
    public static let tooLarge = Code("larger than allowed")

    /// It is a folder, a device or a pipe.
    public static let notARegularFile = Code("not a regular file")

    /// The operating system refused: see ``SnapshotError/systemError``. A missing file is among these.
    public static let system = Code("the operating system refused")

    var description: String { name }
  }

  /// The cause.
  public let code: Code

  /// The operating system's `errno`, if it refused something.
  public let systemError: Int32?

  init(_ code: Code, systemError: Int32? = nil) {
    self.code = code
    self.systemError = systemError
  }
}

extension SnapshotError: CustomStringConvertible {
  /// The cause in words.
  public var description: String {
    "snapshot: \(code.description)" + (systemError.map { " (errno \($0))" } ?? "")
  }
}
