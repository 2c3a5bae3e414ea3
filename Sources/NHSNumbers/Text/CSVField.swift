/// One field of a CSV row, as it stands in the text.
struct CSVField {
  /// The bytes, without surrounding quotes; doubled quotes inside are still double.
  let content: TextBytes
  let isQuoted: Bool

  /// What makes the row it stands in unreadable, whichever column is wanted: a field that ends in the wrong place
  /// may have swallowed the lines after it.
  var fault: LineFault.Reason?

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
