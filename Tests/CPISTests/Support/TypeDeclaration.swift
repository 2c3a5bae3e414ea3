import Foundation

/// A type as it is declared in a source file, as far as a reader of lines can tell: enough for code in our style.
struct TypeDeclaration {
  /// A stored property, or a case with values.
  struct Stored {
    var name: String
    /// The words of its type or of its values, the last part of each: `Subject` for `UploadRecord.Subject`.
    var types: Set<String>

    /// Whether its name says that it is a detail of a patient, or the name of a person.
    var isOfPatient: Bool { Self.details.contains(name) }

    private static let details: Set = [
      "patient", "oldNumber", "nhsNumber", "replacements", "visit", "plans", "localID", "givenName",
      "givenNames", "familyName", "birthDate", "birthDay", "viewerName", "responsiblePerson", "name",
    ]
  }

  var name: String
  var file: String
  /// Whether it is public or of the package.
  var isVisible: Bool
  /// Whether it is `Redacting`, or `WithheldJSON` on the ground floor, or has a mirror of its own.
  var redacts: Bool
  var stored: [Stored] = []

  /// Every type declared in a folder.
  static func all(in folder: URL) throws -> [TypeDeclaration] {
    var texts: [(file: String, text: String)] = []
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path()) where path.hasSuffix(".swift") {
      texts.append(("/" + path, try String(contentsOf: folder.appending(path: path), encoding: .utf8)))
    }
    var types = texts.flatMap { all(inFile: $0.file, text: $0.text) }
    // A type's extensions may stand in other files.
    let redacting = Set(texts.flatMap { extended($0.text) })
    for index in types.indices where redacting.contains(types[index].name) { types[index].redacts = true }
    return types
  }

  /// Every type declared in a file.
  static func all(inFile file: String, text: String) -> [TypeDeclaration] {
    let redacting = Set(extended(text))
    var types: [TypeDeclaration] = []
    var open: [(index: Int, depth: Int)] = []
    var depth = 0
    for line in text.split(separator: "\n") {
      let code = String(line.replacing(/"(\\.|[^"\\])*"/, with: "\"\"").replacing(/\/\/.*/, with: ""))
      var members = code
      if let match = code.firstMatch(of: /^\s*((?:@?\w+ )*)(?:struct|class|enum|actor) (\w+)([^{]*)/) {
        open.append((types.count, depth + 1))
        let isVisible = match.1.contains("public") || match.1.contains("package")
        let redacts =
          ["Redacting", "WithheldJSON"].contains(where: match.3.contains) || redacting.contains(String(match.2))
        types.append(TypeDeclaration(name: String(match.2), file: file, isVisible: isVisible, redacts: redacts))
        // What stands on the same line stands in the type.
        members = String(code[match.range.upperBound...].drop { $0 == "{" })
      }
      if let last = open.last, members != code || depth == last.depth, let stored = stored(in: members) {
        types[last.index].stored.append(stored)
      }
      for character in code { depth += character == "{" ? 1 : character == "}" ? -1 : 0 }
      while let last = open.last, depth < last.depth { open.removeLast() }
    }
    return types
  }

  private static func stored(in code: String) -> Stored? {
    let property = /^\s*(?:[\w()]+ )*(?:let|var) (\w+)(.*)/
    let value = /^\s*(?:indirect )?case (\w+)(\(.*)/
    guard !code.contains("static "), let match = code.firstMatch(of: property) ?? code.firstMatch(of: value),
      // Neither computed nor a function, which prints nothing of what it holds.
      !match.2.contains("->"), !match.2.contains(/^[^={]*\{(?!\s*(?:didSet|willSet))/)
    else { return nil }
    let words = match.2.matches(of: /[\w.]+/).compactMap { $0.output.split(separator: ".").last }
    return Stored(name: String(match.1), types: Set(words.map(String.init)))
  }

  /// The types that an extension makes redacting, by the last part of their names.
  private static func extended(_ text: String) -> [String] {
    text.matches(of: /extension ([\w.]+):[^{]*\b(?:Redacting|WithheldJSON|CustomReflectable)\b/)
      .compactMap { $0.1.split(separator: ".").last.map(String.init) }
  }
}
