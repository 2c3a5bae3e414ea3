import NHSNumbers
import Testing

@Suite("Section 7. NHS number")
struct ValuesNHSNumberTests {
  @Test(
    "10 digits; weights 10…2 on the first nine; 11 → 0, 10 → never issued, over the whole test range's last block")
  func checkDigit() throws {
    var issued = 0
    for payload in UInt32(999_990_000)...999_999_999 {
      let digits = String(payload).compactMap(\.wholeNumberValue)
      let sum = zip(digits, stride(from: 10, through: 2, by: -1)).map { $0 * $1 }.reduce(0, +)
      let check = (11 - sum % 11) % 11
      guard let number = NHSNumber(payload: payload) else {
        #expect(check == 10)
        continue
      }
      issued += 1
      #expect(number.checkDigit == check)
      #expect(number.wireForm == "\(payload)\(check)")
      #expect(try NHSNumber(parsing: number.wireForm) == number)
      let accepted = (0...9).filter { (try? NHSNumber(parsing: "\(payload)\($0)")) != nil }
      #expect(accepted == [check])
    }
    #expect((9080...9100).contains(issued))
  }

  @Test("Display 3-3-4; wire unspaced; leading zeros kept")
  func texts() throws {
    let number = try NHSNumber(parsing: "999 000 0026")
    #expect((number.formatted(), number.wireForm) == ("999 000 0026", "9990000026"))
    let small = try #require(NHSNumber(payload: 0))
    #expect(small.wireForm == "0000000000")
  }

  @Test("Repeated-digit numbers pass: valid, but placeholders", arguments: 0...9)
  func placeholders(digit: Int) throws {
    let number = try NHSNumber(parsing: String(repeating: "\(digit)", count: 10))
    #expect(number.isPlaceholder)
    #expect(!(try NHSNumber(parsing: "9990000026")).isPlaceholder)
  }

  @Test(
    "Ranges are advisory",
    arguments: [
      (10_000_000, .unallocated, .scotland), (311_300_000, .scotland, .unallocated),
      (320_000_000, .unallocated, .northernIreland), (400_000_000, .northernIreland, .englandWalesIsleOfMan),
      (500_000_000, .englandWalesIsleOfMan, .unallocated), (600_000_000, .unallocated, .englandWalesIsleOfMan),
      (800_000_000, .englandWalesIsleOfMan, .ireland), (860_000_000, .ireland, .unallocated),
      (999_000_000, .unallocated, .test),
    ] as [(UInt32, NHSNumber.Range, NHSNumber.Range)])
  func ranges(first: UInt32, before: NHSNumber.Range, after: NHSNumber.Range) throws {
    // Not every payload is a number: take the nearest on either side.
    let below = try #require((1...20).compactMap { NHSNumber(payload: first - $0) }.first)
    let above = try #require((0...20).compactMap { NHSNumber(payload: first + $0) }.first)
    #expect((below.range, above.range) == (before, after))
  }
}
