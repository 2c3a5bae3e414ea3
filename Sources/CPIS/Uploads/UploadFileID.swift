/// The number of an upload file, by which its authority tells it from others and which notices quote.
///
/// It rises with every file of an authority, and may have any number of digits: more than fit into an `Int`. Leading
/// zeros say nothing and are dropped. The messages write −1 where a file id could not be read; that is no file id, and
/// here it is `nil` wherever it can occur.
///
/// ```swift
/// let first: UploadFileID = 587
/// let next = UploadFileID("18446744073709551616")
/// ```
public struct UploadFileID: Hashable, Sendable {
  /// Its digits, without leading zeros; `0` for zero.
  public let digits: String

  /// Reads a file id.
  ///
  /// - Returns: `nil` for anything but ASCII digits, at least one, and nothing else.
  public init?(_ text: some StringProtocol) {
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    let digits = text.drop { $0 == "0" }
    self.digits = digits.isEmpty ? "0" : String(digits)
  }

  /// Makes a file id of a number.
  public init(_ number: UInt) { digits = String(number) }
}

extension UploadFileID: Comparable {
  /// Orders file ids as the numbers they are.
  public static func < (a: UploadFileID, b: UploadFileID) -> Bool {
    let (first, second) = (a.digits.utf8, b.digits.utf8)
    guard first.count == second.count else { return first.count < second.count }
    return first.lexicographicallyPrecedes(second)
  }
}

extension UploadFileID: ExpressibleByIntegerLiteral {
  /// Makes a file id of a literal. A negative one does not compile.
  public init(integerLiteral number: UInt) { self.init(number) }
}

extension UploadFileID: CustomStringConvertible {
  /// Its digits.
  public var description: String { digits }
}
