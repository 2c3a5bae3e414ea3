/// Why JSON could not be read, and where. It never holds what was there.
package struct JSONError: Error, Hashable, Sendable {
  /// The cause. Whoever lets one of these out of the package gives it a code of the module's own.
  package enum Code: Hashable, Sendable {
    // Found while the text is read.

    /// The text ends before the value does.
    case truncated
    /// A byte that the grammar does not allow there: a trailing comma, a comment, a leading zero, a control character.
    case malformed
    /// A byte order mark. RFC 8259 forbids one.
    case byteOrderMark
    /// The text is in UTF-16 or UTF-32.
    case otherEncoding
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// An escape of one half of a pair of surrogates.
    case loneSurrogate
    /// An object has a key twice, so that two readers may see two values.
    case duplicateKey
    /// Something other than white space follows the value.
    case trailingBytes
    /// More containers inside each other than allowed.
    case tooDeep
    /// More bytes than allowed.
    case tooLarge

    // Found when a value is asked for.

    /// The object has no member of this name.
    case missing
    /// The value is of another type.
    case wrongType
    /// The number does not fit, or is not a whole one.
    case outOfRange
    /// The value means nothing to whoever asked: see ``JSONValue/error(_:)``.
    case notUnderstood
  }

  /// Where the cause was found.
  package enum Place: Hashable, Sendable {
    /// The offset in the text at which reading stopped.
    case byte(Int)
    /// The names and positions that lead to the value: `/patient/0/id`, or `/` for the outermost. A name that was not
    /// asked for shows as `*`, because it comes from the text and may name a person.
    case path(String)
  }

  package let code: Code
  package let place: Place

  init(_ code: Code, at byte: Int) { (self.code, place) = (code, .byte(byte)) }

  init(_ code: Code, path: String) { (self.code, place) = (code, .path(path)) }
}

extension JSONError: CustomStringConvertible {
  /// The cause and the place in words.
  package var description: String {
    switch place {
    case .byte(let offset): "JSON: \(code.words) at byte \(offset)"
    case .path(let path): "JSON: \(code.words) at \(path)"
    }
  }
}

extension JSONError.Code {
  fileprivate var words: String {
    switch self {
    case .truncated: "the text ends too early"
    case .malformed: "not well formed"
    case .byteOrderMark: "a byte order mark"
    case .otherEncoding: "not in UTF-8"
    case .invalidUTF8: "bytes that are not UTF-8"
    case .loneSurrogate: "half of a surrogate pair"
    case .duplicateKey: "a key that the object has already"
    case .trailingBytes: "more than one value"
    case .tooDeep: "nested too deeply"
    case .tooLarge: "too large"
    case .missing: "no such member"
    case .wrongType: "another type than expected"
    case .outOfRange: "a number out of range"
    case .notUnderstood: "a value that is not understood"
    }
  }
}
