import CPISTestSupport
import NHSNumbers
import Testing

@Suite("Reading one number")
struct ParsingTests {
  private func agrees(_ text: [UInt8]) -> Bool {
    let fast = try? NHSNumber(parsing: text.span)
    return fast?.payload == ScalarReference.payload(text)
  }

  /// A spread of payloads: both ends, both sides of the test range, and a few from the middle.
  private let samples: [NHSNumber] =
    Numbers.strided(from: 0, count: 4) + Numbers.strided(from: 999_000_000, count: 4)
    + Numbers.strided(from: 999_999_980, count: 20) + Numbers.random(20, seed: 11)

  @Test("Every single-character corruption is judged as the plain rules judge it")
  func corruptions() {
    for number in samples {
      for form in ScalarReference.forms(Array(number.wireForm.utf8)) {
        #expect(agrees(form))
        for place in form.indices {
          for byte in UInt8.min...UInt8.max {
            var text = form
            text[place] = byte
            if !agrees(text) { Issue.record("place \(place), byte \(byte)") }
          }
        }
      }
    }
  }

  @Test("A mistyped digit is always noticed, in every place")
  func mistypedDigits() {
    for number in samples {
      let form = Array(number.wireForm.utf8)
      for place in form.indices {
        for digit in UInt8(48)...57 where digit != form[place] {
          var text = form
          text[place] = digit
          #expect((try? NHSNumber(parsing: text.span)) == nil)
        }
      }
    }
  }

  @Test("Texts of 0 to 40 bytes are judged as the plain rules judge them")
  func lengths() {
    for number in samples {
      for form in ScalarReference.forms(Array(number.wireForm.utf8)) {
        for length in 0...40 {
          for filler in [UInt8(32), 48, 57, 0, 255, 10] {
            let text = Array((form + [UInt8](repeating: filler, count: 40)).prefix(length))
            if !agrees(text) { Issue.record("length \(length), filler \(filler)") }
            let shifted = Array(([filler] + form).prefix(length))
            if !agrees(shifted) { Issue.record("shifted, length \(length), filler \(filler)") }
          }
        }
      }
    }
  }

  @Test("Sampled payloads with every last digit are judged as the plain rules judge them")
  func payloads() {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<20_000 {
      let payload = UInt32.random(in: 0..<1_000_000_000, using: &random)
      let digits = String(payload)
      let nine = [UInt8](repeating: 48, count: 9 - digits.utf8.count) + Array(digits.utf8)
      var valid = 0
      for last in UInt8(48)...57 {
        for form in ScalarReference.forms(nine + [last]) {
          if !agrees(form) { Issue.record("a payload with last digit \(last) in \(form.count) bytes") }
        }
        if ScalarReference.payload(nine + [last]) != nil { valid += 1 }
      }
      #expect((valid == 1) == (NHSNumber(payload: payload) != nil))
    }
  }

  @Test("Text and bytes give the same answer, whatever kind of text it is")
  func kindsOfText() throws {
    for number in samples {
      let wire = number.wireForm
      #expect(try NHSNumber(parsing: wire) == number)
      #expect(try NHSNumber(parsing: number.formatted()) == number)
      #expect(try NHSNumber(parsing: ("x" + wire + "x").dropFirst().dropLast()) == number)
      #expect(try NHSNumber(parsing: String(wire.reversed().reversed())) == number)
      #expect(throws: NHSNumber.ParseError.self) { try NHSNumber(parsing: wire + "é") }
    }
  }

  @Test("Hyphens are accepted only when asked for, and never mixed with spaces")
  func hyphens() throws {
    let number = try #require(NHSNumber(payload: 999_000_002))
    #expect(try NHSNumber(parsing: "999-000-0026", allowing: .hyphens) == number)
    #expect(try NHSNumber(parsing: "999 000 0026", allowing: .hyphens) == number)
    #expect(throws: NHSNumber.ParseError.unexpectedCharacter(offset: 3)) {
      try NHSNumber(parsing: "999-000-0026")
    }
    #expect(throws: NHSNumber.ParseError.unexpectedCharacter(offset: 7)) {
      try NHSNumber(parsing: "999-000 0026", allowing: .hyphens)
    }
    #expect(throws: NHSNumber.ParseError.unexpectedCharacter(offset: 7)) {
      try NHSNumber(parsing: "999 000-0026", allowing: .hyphens)
    }
  }

  @Test("An error names the place and the cause")
  func errors() {
    let cases: [(String, NHSNumber.ParseError)] = [
      ("", .empty),
      ("999000002", .wrongLength(byteCount: 9)),
      ("99900000266", .wrongLength(byteCount: 11)),
      ("999 000 00266", .wrongLength(byteCount: 13)),
      ("9990000026 and more text", .unexpectedCharacter(offset: 10)),
      ("99900O0026", .unexpectedCharacter(offset: 5)),
      (" 9990000026", .unexpectedCharacter(offset: 0)),
      ("9990000027", .checkDigitMismatch),
    ]
    for (text, error) in cases {
      #expect(throws: error) { try NHSNumber(parsing: text) }
    }
    let never = (UInt32(999_000_000)...).first { NHSNumber(payload: $0) == nil }
    #expect(throws: NHSNumber.ParseError.neverIssued) {
      try NHSNumber(parsing: "\(never ?? 0)0")
    }
  }
}
