import CPISJSON
import Testing

/// What RFC 8259 allows and what it does not, case by case, with what no reader of a register may take.
@Suite("Which texts are JSON")
struct JSONCaseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var bytes: [UInt8]
    /// `nil`: accepted.
    var code: JSONError.Code?

    init(_ text: String, _ code: JSONError.Code? = nil) { self.init(Array(text.utf8), code) }

    init(_ bytes: [UInt8], _ code: JSONError.Code? = nil) { (self.bytes, self.code) = (bytes, code) }

    var testDescription: String { String(decoding: bytes.prefix(40), as: UTF8.self).debugDescription }
  }

  static let accepted: [Case] = [
    // Every kind of value may stand alone (RFC 8259, section 2), with any white space around it.
    Case("null"), Case("true"), Case("false"), Case("0"), Case("\"\""), Case("[]"), Case("{}"),
    Case(" \t\r\n1 \t\r\n"), Case("[ ]"), Case("{ }"), Case(" [ 1 , 2 ] "), Case(" { \"a\" : 1 , \"b\" : 2 } "),
    Case("[[],[[]],{}]"), Case("{\"\":0}"), Case("{\"a\":{\"a\":{}}}"), Case("[null,true,false,\"\",0]"),
    // Keys are equal by their characters only.
    Case("{\"a\":1,\"A\":1,\" a\":1,\"a \":1,\"\\u0000a\":1}"), Case("{\"\u{E9}\":1,\"e\u{301}\":1}"),
    Case("[{\"a\":1},{\"a\":1}]"), Case("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"),
    // Numbers.
    Case("-0"), Case("-1"), Case("10"), Case("0.0"), Case("-0.5"), Case("1.10"), Case("1e5"), Case("1E5"),
    Case("1e+5"),
    Case("1e-5"), Case("0e0"), Case("0E+1"), Case("123456789012345678901234567890"), Case("1e999"), Case("-1e-999"),
    Case("[1]"), Case("[-1.5e3 ]"),
    // Strings.
    Case("\"a\""), Case("\" \""), Case("\"\u{7F}\""), Case("\"/\""), Case("\"'\""),
    Case("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    Case("\"\\u0000\""), Case("\"\\u00e9\\u00E9\""), Case("\"\\uD83D\\uDE00\""), Case("\"\\uDBFF\\uDFFF\""),
    Case("\"\\uFFFF\""), Case("\"\\uFDD0\""), Case("\"\u{E9}\""), Case("\"\u{20AC}\""), Case("\"\u{1F600}\""),
    Case("\"\u{10FFFF}\""), Case("\"\u{D7FF}\u{E000}\u{FFFF}\""), Case("\"\u{2028}\u{2029}\u{FEFF}\""),
    Case("\"\\\\u0041\""),
    Case("\"[,]{:}\""),
  ]

  static let malformed: [Case] = [
    // Around values.
    Case(",", .malformed), Case(":", .malformed), Case("]", .malformed), Case("}", .malformed),
    Case("\u{B}1", .malformed),
    Case("\u{C}1", .malformed), Case("\u{A0}1", .malformed), Case("\u{2060}1", .malformed), Case("*", .malformed),
    Case("'a'", .malformed), Case("a", .malformed), Case("undefined", .malformed), Case("None", .malformed),
    // Comments.
    Case("/* */1", .malformed), Case("// \n1", .malformed), Case("# \n1", .malformed), Case("[1/**/]", .malformed),
    Case("[1,//\n2]", .malformed), Case("{\"a\"/**/:1}", .malformed), Case("{/**/}", .malformed),
    // Words.
    Case("nul1", .malformed), Case("True", .malformed), Case("TRUE", .malformed), Case("NULL", .malformed),
    Case("trux", .malformed), Case("fals ", .malformed), Case("[truth]", .malformed), Case("[nulll]", .malformed),
    Case("NaN", .malformed), Case("-NaN", .malformed), Case("Infinity", .malformed), Case("-Infinity", .malformed),
    Case("[NaN]", .malformed), Case("Inf", .malformed),
    // Arrays.
    Case("[1,]", .malformed), Case("[,1]", .malformed), Case("[,]", .malformed), Case("[1,,2]", .malformed),
    Case("[1 2]", .malformed), Case("[1:2]", .malformed), Case("[1;2]", .malformed), Case("[1}", .malformed),
    Case("[\"a\":1]", .malformed), Case("[[1]", .truncated), Case("[\"\"\"\"]", .malformed),
    Case("[1]]", .trailingBytes),
    Case("[\"\",]", .malformed), Case("[{},]", .malformed), Case("[[],]", .malformed),
    // Objects.
    Case("{\"a\":1,}", .malformed), Case("{,\"a\":1}", .malformed), Case("{,}", .malformed),
    Case("{\"a\":1,,\"b\":1}", .malformed), Case("{\"a\" 1}", .malformed), Case("{\"a\":}", .malformed),
    Case("{\"a\",1}", .malformed), Case("{\"a\"}", .malformed), Case("{\"a\":1:2}", .malformed),
    Case("{\"a\"::1}", .malformed),
    Case("{a:1}", .malformed), Case("{'a':1}", .malformed), Case("{1:1}", .malformed), Case("{null:1}", .malformed),
    Case("{[]:1}", .malformed), Case("{{}:1}", .malformed), Case("{:1}", .malformed), Case("{\"a\":1]", .malformed),
    Case("{\"a\":1 \"b\":2}", .malformed), Case("{\"a\"=1}", .malformed), Case("{\"a\":1}}", .trailingBytes),
    Case("{\"a\":{},}", .malformed), Case("{\"a\":1;}", .malformed), Case("{1}", .malformed),
    Case("{\"a\":/1}", .malformed),
    // Numbers.
    Case("00", .malformed), Case("01", .malformed), Case("-01", .malformed), Case("-00", .malformed),
    Case("+1", .malformed),
    Case(".5", .malformed), Case("-.5", .malformed), Case("[1.]", .malformed), Case("[1.e1]", .malformed),
    Case("--1", .malformed),
    Case("[1e]", .malformed), Case("[1e+]", .malformed), Case("[1E-]", .malformed), Case("[0x1]", .malformed),
    Case("[1e1.5]", .malformed), Case("[1.5.1]", .malformed), Case("[1_000]", .malformed),
    Case("[1 000]", .malformed),
    Case("[-]", .malformed), Case("[- 1]", .malformed), Case("[1+2]", .malformed), Case("[0e]", .malformed),
    Case("[1,5.]", .malformed),
    Case("[1ee1]", .malformed), Case("[1e++1]", .malformed), Case("[0b1]", .malformed), Case("[1n]", .malformed),
    Case("[\u{FF11}]", .malformed), Case("[\u{664}]", .malformed), Case("[012]", .malformed),
    Case("[-012]", .malformed),
    // Strings.
    Case("\"\n\"", .malformed), Case("\"\t\"", .malformed), Case("\"\u{1F}\"", .malformed),
    Case("[\"abc\u{0}\"]", .malformed),
    Case("\"\\x41\"", .malformed), Case("\"\\'\"", .malformed), Case("\"\\a\"", .malformed),
    Case("\"\\0\"", .malformed),
    Case("\"\\\n\"", .malformed), Case("\"\\U0041\"", .malformed), Case("\"\\u00g0\"", .malformed),
    Case("\"\\u 041\"", .malformed),
    Case("\"\\u004\"", .malformed), Case("\"\\u{41}\"", .malformed), Case("\"\\\u{E9}\"", .malformed),
    Case("\"\\u+041\"", .malformed),
    Case("\"\\u\u{FF10}041\"", .malformed), Case("\"a\\\\\\n\u{1}\"", .malformed), Case("'\"", .malformed),
    Case("\"\\uD800\\u00g0\"", .malformed),
  ]

  static let otherwiseRefused: [Case] = [
    // Halves of pairs.
    Case("\"\\uD800\"", .loneSurrogate), Case("\"\\uDFFF\"", .loneSurrogate), Case("\"\\uD800a\"", .loneSurrogate),
    Case("\"\\uD800\\n\"", .loneSurrogate), Case("\"\\uD800\\uD800\"", .loneSurrogate),
    Case("\"\\uD800\\u0041\"", .loneSurrogate), Case("\"\\uDC00\\uD800\"", .loneSurrogate),
    Case("\"\\uDC00\\uDC00\"", .loneSurrogate), Case("\"\\uD800\\\\uDC00\"", .loneSurrogate),
    Case("{\"\\uDEAD\":1}", .loneSurrogate), Case("[\"\\uDADA\"]", .loneSurrogate),
    Case("\"\\uDBFF\\uE000\"", .loneSurrogate),
    // Not UTF-8: table 3-7 of the Unicode standard, at each border.
    Case([0x22, 0x80, 0x22], .invalidUTF8), Case([0x22, 0xBF, 0x22], .invalidUTF8),
    Case([0x22, 0xC0, 0x80, 0x22], .invalidUTF8),
    Case([0x22, 0xC1, 0xBF, 0x22], .invalidUTF8), Case([0x22, 0xC2, 0x22, 0x22], .invalidUTF8),
    Case([0x22, 0xC2, 0xC0, 0x22], .invalidUTF8), Case([0x22, 0xE0, 0x9F, 0xBF, 0x22], .invalidUTF8),
    Case([0x22, 0xE1, 0x80, 0x22, 0x22], .invalidUTF8), Case([0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8),
    Case([0x22, 0xED, 0xBF, 0xBF, 0x22], .invalidUTF8), Case([0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], .invalidUTF8),
    Case([0x22, 0xF1, 0x80, 0x80, 0x22, 0x22], .invalidUTF8),
    Case([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8),
    Case([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], .invalidUTF8), Case([0x22, 0xFE, 0x22], .invalidUTF8),
    Case([0x22, 0xFF, 0x22], .invalidUTF8), Case([0x22, 0xE9, 0x22, 0x22], .invalidUTF8),
    Case(Array("{\"a".utf8) + [0xFF] + Array("\":1}".utf8), .invalidUTF8),
    Case(Array("\"\\n".utf8) + [0x80, 0x22], .invalidUTF8),
    // Bytes outside of strings that are not UTF-8 are no JSON either.
    Case([0x5B, 0xFF, 0x5D], .malformed), Case([0xE9], .malformed),
    Case(Array("[1".utf8) + [0xE5, 0x5D], .malformed),
    // Other encodings and marks.
    Case([0xEF, 0xBB, 0xBF] + Array("1".utf8), .byteOrderMark), Case([0xEF, 0xBB, 0xBF], .byteOrderMark),
    Case([0xFE, 0xFF, 0x00, 0x31], .otherEncoding), Case([0xFF, 0xFE, 0x31, 0x00], .otherEncoding),
    Case([0x00, 0x31], .otherEncoding), Case([0x31, 0x00], .otherEncoding),
    Case([0x5B, 0x00, 0x5D, 0x00], .otherEncoding),
    Case([0x00, 0x00, 0x00, 0x31], .otherEncoding), Case([0xFF, 0xFE, 0x00, 0x00], .otherEncoding),
    Case([0xEF, 0xBB], .malformed),
    Case([0x00], .otherEncoding), Case([0xFE], .malformed),
    // Doubled keys, however they are written.
    Case("{\"a\":1,\"a\":1}", .duplicateKey), Case("{\"a\":1,\"b\":2,\"a\":3}", .duplicateKey),
    Case("{\"\":1,\"\":1}", .duplicateKey), Case("{\"a\":1,\"\\u0061\":1}", .duplicateKey),
    Case("{\"\\u0061\":1,\"a\":1}", .duplicateKey), Case("{\"\\u0061\":1,\"\\u0061\":1}", .duplicateKey),
    Case("{\"\u{E9}\":1,\"\\u00e9\":1}", .duplicateKey),
    Case("{\"\u{1F600}\":1,\"\\uD83D\\uDE00\":1}", .duplicateKey),
    Case("{\"/\":1,\"\\/\":1}", .duplicateKey), Case("{\"x\":[{\"a\":1,\"a\":2}]}", .duplicateKey),
    Case("{\"a\":{\"b\":[1,2,{\"c\":3}]},\"a\":1}", .duplicateKey),
    Case("{\"a\":1,\"b\":{\"a\":1},\"b\":1}", .duplicateKey),
    Case("[{\"a\":1,\"a\":1}]", .duplicateKey),
    // More than one value.
    Case("1 2", .trailingBytes), Case("1,", .trailingBytes), Case("[] []", .trailingBytes),
    Case("{}x", .trailingBytes),
    Case("\"\"\"", .trailingBytes), Case("nullnull", .trailingBytes), Case("{}/**/", .trailingBytes),
    Case("[]#", .trailingBytes),
    Case("1 \u{0}", .otherEncoding), Case("[1]\u{0}", .otherEncoding), Case("[1,2]\u{0}", .trailingBytes),
    Case("1a", .trailingBytes),
    Case(Array("{}".utf8) + [0xEF, 0xBB, 0xBF], .trailingBytes), Case("[]\u{B}", .trailingBytes),
    // Ends too early.
    Case("", .truncated), Case(" ", .truncated), Case("[", .truncated), Case("{", .truncated),
    Case("\"", .truncated), Case("-", .truncated),
    Case("[1", .truncated), Case("[1,", .truncated), Case("{\"a\"", .truncated), Case("{\"a\":", .truncated),
    Case("{\"a\":1", .truncated),
    Case("{\"a\":1,", .truncated), Case("1.", .truncated), Case("1e", .truncated), Case("1e+", .truncated),
    Case("nul", .truncated),
    Case("\"\\", .truncated), Case("\"\\u", .truncated), Case("\"\\u00", .truncated), Case("\"\\uD83D", .truncated),
    Case("\"\\uD83D\\", .truncated), Case("\"\\uD83D\\uDE", .truncated), Case([0x22, 0xC3], .truncated),
    Case([0x22, 0xF0, 0x9F], .truncated),
    Case("[\"a", .truncated), Case("[[[", .truncated), Case("{\"a", .truncated),
  ]

  @Test("What the grammar allows is read", arguments: accepted)
  func accepts(sample: Case) throws {
    _ = try JSONDocument(sample.bytes)
  }

  @Test("What the grammar does not allow is refused", arguments: malformed)
  func refuses(sample: Case) {
    #expect(code(sample.bytes) == sample.code)
  }

  @Test("Broken text, other encodings, doubled keys and second values are refused", arguments: otherwiseRefused)
  func refusesOtherwise(sample: Case) {
    #expect(code(sample.bytes) == sample.code)
  }

  @Test("Every byte by itself is refused, or is a digit")
  func singleBytes() {
    for byte in UInt8.min...UInt8.max {
      let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
      #expect((code([byte]) == nil) == isDigit, "byte \(byte)")
    }
  }

  @Test("Every byte in a string is taken as it is, begins something longer, or is refused")
  func bytesOfStrings() throws {
    for byte in UInt8.min...UInt8.max {
      let text = [
        UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "a"), byte, UInt8(ascii: "\""), UInt8(ascii: "]"),
      ]
      let isCharacter = 0x20..<0x80 ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      #expect((code(text) == nil) == isCharacter, "byte \(byte)")
    }
  }
}

/// Why a text is refused; `nil` when it is read.
func code(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError.Code? {
  do throws(JSONError) {
    _ = try JSONDocument(bytes, limits: limits)
    return nil
  } catch {
    return error.code
  }
}
