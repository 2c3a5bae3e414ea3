/// One field of a CSV row, as it stands in the text.
struct CSVField {
  /// The bytes, without surrounding quotes; doubled quotes inside are still double.
  let content: TextBytes
  let isQuoted: Bool

  /// The text ended before the closing quote.
  var isUnclosed = false

  /// Something stood between the closing quote and the end of the field.
  var hasTextAfterQuote = false

  /// The bytes with doubled quotes made single.
  var unquoted: [UInt8] {
    let quote = UInt8(ascii: "\"")
    var bytes: [UInt8] = []
    var isSecond = false
    for place in 0..<content.count {
      let byte = content[place]
      isSecond = isQuoted && byte == quote && !isSecond
      if !(isQuoted && byte == quote && !isSecond) || !isQuoted { bytes.append(byte) }
    }
    return bytes
  }
}
