import CPISDigests
import Testing

@Suite("Hexadecimal digits")
struct HexadecimalTests {
  @Test("Every byte comes back from its two digits")
  func everyByte() {
    let bytes = [UInt8](0...255)
    #expect(bytes.hexadecimal.hasPrefix("000102") && bytes.hexadecimal.hasSuffix("fdfeff"))
    #expect([UInt8](hexadecimal: bytes.hexadecimalBytes[...]) == bytes)
    #expect([].hexadecimal.isEmpty && [UInt8](hexadecimal: []) == [])
  }

  @Test(
    "Upper case, an odd count and other characters are refused",
    arguments: ["AB", "0", "0g", "0x", " 0", "a\u{FF11}"])
  func refused(text: String) {
    #expect([UInt8](hexadecimal: Array(text.utf8)[...]) == nil)
  }
}
