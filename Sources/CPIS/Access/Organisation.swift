/// An organisation in whose name a check is made.
public struct Organisation: Hashable, Sendable, Codable {
  /// Its organisation code.
  public let code: ODSCode
  /// Its name, as the access history and the notice to the authority show it.
  public let name: String

  /// Makes an organisation.
  public init(code: ODSCode, name: String) {
    self.code = code
    self.name = name
  }
}
