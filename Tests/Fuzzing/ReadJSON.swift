import CPISJSON

// Reads whatever bytes it is given as JSON, and everything in it that was read. Built and run by `.ci/fuzz`, on libFuzzer
// or, with EVERY_BIT, on every cut of some texts and on every one with a byte changed.

/// Reads a text in every way, and stops the process when what was read is not what is written again.
///
/// - Returns: whether it is JSON.
@discardableResult
func readJSON(_ text: [UInt8]) -> Bool {
  guard let document = try? JSONDocument(text) else { return false }
  visit(document.root)
  let written = JSONWriter.bytes(document.root)
  guard let again = try? JSONDocument(written) else { preconditionFailure("what was written is refused") }
  precondition(JSONWriter.bytes(again.root) == written, "it is written in another way the second time")
  if document.root.kind == .object || document.root.kind == .array {
    precondition((try? JSONDocument(written.dropLast() + [])) == nil, "a text without its end is taken")
    precondition((try? JSONDocument(written + written)) == nil, "two values are taken for one")
  }
  return true
}

private func visit(_ value: JSONValue) {
  precondition(value.path.hasPrefix("/"))
  if value.kind == .number {
    let number = try? value.number()
    precondition(number.flatMap { JSONNumber($0.text) } == number, "what was a number is none")
    precondition((try? value.int64()).map { number?.text == String($0) || $0 == 0 } ?? true, "a number was changed")
  }
  if let text = try? value.string() {
    precondition(JSONWriter.array { $0.add(text) } == JSONWriter.array { $0.add(value) })
  }
  if let array = try? value.array() { precondition(array.map { visit($0) }.count == array.count) }
  if var object = try? value.object() {
    for member in object.members {
      visit(member.value)
      guard let found = object[member.name] else { preconditionFailure("a member is not found by its name") }
      precondition(found.kind == member.value.kind)
    }
    precondition(object.unread.isEmpty && Set(object.members.map { Array($0.name.utf8) }).count == object.count)
  }
}

/// Texts to begin with.
let jsonTexts: [[UInt8]] = [
  #"{"id":"a\u0041\n\uD83D\uDE00é€","n":[0,-1.5e+3,12,18446744073709551615],"ok":true,"no":false,"z":null,"in":{"x":[],"y":{}}}"#,
  #"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":17,"r":18}"#,
  #" [ [ [ [ "\"\\\/\b\f\n\r\t" ] ] , { "\u0061" : [ { } , { "b" : -0 } ] } ] ] "#,
].map { Array($0.utf8) }

#if EVERY_BIT
  /// Reads every cut of the texts, at either end, and every text with one byte changed for one that has a meaning.
  ///
  /// - Returns: how many texts were read, and how many of them are JSON.
  func readEveryJSON() -> (read: Int, accepted: Int) {
    var (read, accepted) = (0, 0)
    func count(_ text: [UInt8]) {
      read += 1
      if readJSON(text) { accepted += 1 }
    }
    for text in jsonTexts {
      for place in text.indices {
        count(Array(text[..<place]))
        count(Array(text[place...]))
        for byte in Array("{}[]\",:\\/09-+.eEubftn \n".utf8) + [0, 0x1F, 0x80, 0xC3, 0xED, 0xF4, 0xFF] {
          var changed = text
          changed[place] = byte
          count(changed)
        }
      }
    }
    return (read, accepted)
  }
#else
  /// libFuzzer calls this for each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    readJSON(Array(UnsafeBufferPointer(start: data, count: size)))
    return 0
  }
#endif
