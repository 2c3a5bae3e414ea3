/// An organisation in whose name a check is made.
public struct Organisation: Hashable, Sendable {
  /// Its organisation code.
  public let code: ODSCode
  /// Its name, as the access history and the notice to the authority show it.
  public let name: String

  /// Makes an organisation.
  ///
  /// - Throws: ``InvalidValue`` when the name is blank.
  public init(code: ODSCode, name: String) throws(InvalidValue) {
    self.code = code
    self.name = try name.nonBlank("organisation's name")
  }
}
