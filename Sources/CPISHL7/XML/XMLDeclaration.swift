/// What is wrong with the content of an XML declaration; `nil` when it says version 1.0 in UTF-8.
func declarationFault(_ content: [UInt8]) -> UploadReadingError.Code? {
  var rest = content[...]
  var names: [String] = []
  var fault: UploadReadingError.Code?
  while true {
    let before = rest.count
    rest = rest.drop(while: isSpace)
    if rest.isEmpty { break }
    guard rest.count < before, let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return .malformed }
    let name = String(decoding: rest[..<equals].filter { !isSpace($0) }, as: UTF8.self)
    rest = rest[(equals + 1)...].drop(while: isSpace)
    guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return .malformed }
    let value = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
    rest = rest[(end + 1)...]
    names.append(name)
    switch (name, value.lowercased()) {
    case ("version", "1.0"), ("encoding", "utf-8"), ("encoding", "us-ascii"), ("standalone", "yes"),
      ("standalone", "no"):
      break
    case ("encoding", _): fault = .encodingInvalid
    default: return .malformed
    }
  }
  guard names.first == "version", names == ["version", "encoding", "standalone"].filter(names.contains) else {
    return .malformed
  }
  return fault
}
