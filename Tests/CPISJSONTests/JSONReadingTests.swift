import CPISJSON
import Testing

@Suite("Reading JSON")
struct JSONReadingTests {
  private func root(_ text: String) throws -> JSONValue { try JSONDocument(Array(text.utf8)).root }

  @Test("Each kind of value is read as itself")
  func kinds() throws {
    var object = try root(#"{"s":"a\tb","t":true,"f":false,"n":12,"z":null,"a":[1,"x",[]],"o":{"k":"v"}}"#).object()
    #expect(try object.string("s") == "a\tb")
    #expect(try object.bool("t") && !object.bool("f"))
    #expect(try object.int("n") == 12 && object.int64("n") == 12 && object.uint64("n") == 12)
    #expect(try object.required("z").isNull)
    let array = try object.array("a")
    #expect(array.count == 3 && array.map(\.kind) == [.number, .string, .array])
    var inner = try object.object("o")
    #expect(try inner.string("k") == "v")
    #expect(object["absent"] == nil)
    #expect(object.members.map(\.name) == ["s", "t", "f", "n", "z", "a", "o"])
    #expect(object.members.map(\.value.kind) == [.string, .bool, .bool, .number, .null, .array, .object])
  }

  @Test("Escapes and characters of every length come out as text")
  func strings() throws {
    let text = try root(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\ude00 é€😀\u0000""#).string()
    #expect(text == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F600} \u{E9}\u{20AC}\u{1F600}\0")
  }

  @Test("A value is never read as another type, null included")
  func types() throws {
    for text in ["null", "true", "1", "\"1\"", "[]", "{}"] {
      let value = try root(text)
      var readable: [JSONValue.Kind] = []
      func attempt(_ kind: JSONValue.Kind, _ read: () throws(JSONError) -> Void) {
        do throws(JSONError) {
          try read()
          readable.append(kind)
        } catch {
          #expect(error == value.error(.wrongType))
        }
      }
      attempt(.object) { () throws(JSONError) in _ = try value.object() }
      attempt(.array) { () throws(JSONError) in _ = try value.array() }
      attempt(.string) { () throws(JSONError) in _ = try value.string() }
      attempt(.bool) { () throws(JSONError) in _ = try value.bool() }
      attempt(.number) { () throws(JSONError) in _ = try value.int() }
      #expect(readable == (value.isNull ? [] : [value.kind]), "\(text)")
    }
  }

  static let integers: [(text: String, int64: Int64?, uint64: UInt64?)] = [
    ("0", 0, 0), ("-0", 0, nil), ("7", 7, 7), ("-7", -7, nil),
    ("9223372036854775807", .max, 9_223_372_036_854_775_807),
    ("9223372036854775808", nil, 9_223_372_036_854_775_808), ("-9223372036854775808", .min, nil),
    ("-9223372036854775809", nil, nil), ("18446744073709551615", nil, .max), ("18446744073709551616", nil, nil),
    ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993), ("1.0", nil, nil), ("1e2", nil, nil),
    ("10.5", nil, nil),
    ("99999999999999999999", nil, nil), ("-1e0", nil, nil), ("100000000000000000000000000000000", nil, nil),
  ]

  @Test("Whole numbers are exact or refused", arguments: integers)
  func wholeNumbers(text: String, int64: Int64?, uint64: UInt64?) throws {
    let value = try root(text)
    #expect((try? value.int64()) == int64)
    #expect((try? value.uint64()) == uint64)
    #expect((try? value.int()) == int64.map(Int.init))
    if int64 == nil { #expect(throws: value.error(.outOfRange)) { try value.int64() } }
    #expect(try value.number().text == text)
  }

  @Test("A number keeps its text, and gives the nearest double if there is one")
  func numbers() throws {
    for text in ["1.10", "-0.0", "1E400", "123456789012345678901234567890.5", "1e-400"] {
      #expect(try root(text).number().text == text)
    }
    #expect(try root("1.10").number().double == 1.1)
    #expect(try root("1e400").number().double == nil && root("1e-400").number().double == 0)
    #expect(JSONNumber("1.10")?.text == "1.10" && JSONNumber(0.1)?.text == "0.1" && JSONNumber(-3).text == "-3")
    for text in ["", "1.", "01", " 1", "1 ", "NaN", "\"1\"", "[1]", "1,2"] {
      #expect(JSONNumber(text) == nil, "\(text)")
    }
    for value in [Double.nan, .infinity, -.infinity] { #expect(JSONNumber(value) == nil) }
    for value in [0.0, -0.0, .leastNonzeroMagnitude, 1e21, 1e16, .greatestFiniteMagnitude, 0.1 + 0.2] {
      let number = try #require(JSONNumber(value))
      #expect(try root(number.text).number().double == value)
    }
  }

  @Test("An error names the way to the value by what was asked for, and never what was there")
  func paths() throws {
    let secret = "9990000026"
    let document = try root(
      #"{"patient":[{"name":"x"},{"id":"\#(secret)","\#(secret)":{"a":[1]}}],"n":\#(secret)}"#)
    #expect(document.path == "/")
    var outer = try document.object()
    let patients = Array(try outer.array("patient"))
    var second = try patients[1].object()
    #expect(throws: JSONError.self) { try second.int("id") }
    do throws(JSONError) { _ = try second.int("id") } catch {
      #expect(error.place == .path("/patient/1/id") && error.code == .wrongType)
      #expect("\(error)" == "JSON: another type than expected at /patient/1/id")
    }
    do throws(JSONError) { _ = try second.string("born") } catch {
      #expect(error.place == .path("/patient/1/born") && error.code == .missing)
    }
    do throws(JSONError) { _ = try outer.string("gone") } catch {
      #expect(error.place == .path("/gone") && error.code == .missing)
    }
    // Names that come from the text are not shown, those asked for inside of them are.
    for member in second.members where member.name == secret {
      #expect(member.value.path == "/patient/1/*")
      var inner = try member.value.object()
      let numbers = Array(try inner.array("a"))
      #expect(numbers[0].path == "/patient/1/*/a/0")
    }
    #expect(try second.required(secret).path == "/patient/1/\(secret)", "the caller's own word")
    #expect(throws: second.value.error(.notUnderstood)) { throw patients[1].error(.notUnderstood) }
  }

  @Test("A string's meaning is asked for in place, and what means nothing is an error there")
  func meanings() throws {
    var object = try root(#"{"day":"3","word":"three"}"#).object()
    #expect(try object.string("day") { Int($0) } == 3)
    do throws(JSONError) {
      let number: Int = try object.string("word") { Int($0) }
      Issue.record("read as \(number)")
    } catch {
      #expect(error.code == .notUnderstood && error.place == .path("/word"))
    }
  }

  @Test("Members are found in any order, also by names written with escapes")
  func order() throws {
    var object = try root(#"{"a":1,"b\u0062":2,"c":{"x":[1,2,3]},"d":4}"#).object()
    for (name, value) in [("d", 4), ("a", 1), ("bb", 2), ("bb", 2), ("d", 4), ("a", 1)] {
      #expect(try object.int(name) == value)
    }
    #expect(object["b"] == nil && object["b\\u0062"] == nil && object["x"] == nil && object[""] == nil)
    var empty = try root("{}").object()
    #expect(empty["a"] == nil && empty.count == 0 && empty.unread.isEmpty && empty.members.isEmpty)
  }

  @Test("Two ways to write an accent are two names")
  func names() throws {
    var object = try root("{\"\u{E9}\":1,\"e\u{301}\":2}").object()
    #expect(try object.int("\u{E9}") == 1 && object.int("e\u{301}") == 2)
  }

  @Test("What nobody asked for is told, in order, whatever the number of members", arguments: [3, 64, 65, 200])
  func unread(count: Int) throws {
    let members = (0..<count).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
    var object = try root("{\(members)}").object()
    #expect(object.unread.count == count)
    let asked = Set([0, count / 2, count - 1])
    for place in asked { #expect(try object.int("m\(place)") == place) }
    _ = object["none"]
    #expect(object.unread.map(\.name) == (0..<count).filter { !asked.contains($0) }.map { "m\($0)" })
    for place in 0..<count { _ = object["m\(place)"] }
    #expect(object.unread.isEmpty)
  }

  @Test("Nothing of a document is shown, however it is printed")
  func redaction() throws {
    let document = try JSONDocument(Array(#"{"name":"Zebedee","number":9990000026,"list":["Zebedee"]}"#.utf8))
    let value = document.root
    let object = try value.object()
    let shown: [Any] = [
      value, document, object, object.members, try object.members[2].value.array(),
      try object.members[1].value.number(),
    ]
    for value in shown {
      var dumped = ""
      dump(value, to: &dumped)
      for text in ["\(value)", String(reflecting: value), dumped] {
        #expect(!text.contains("Zebedee") && !text.contains("999"), "\(text)")
      }
    }
  }
}
