extension OutboxError.Code {
  /// A notice with the same kind and id is held, or was among the last delivered, and is about another patient or
  /// authority. Nothing was taken. Each notice needs an id of its own: a trace id is for one patient.
  public static let identityInUse = Self(rawValue: "identityInUse")
  /// The notice has no stored form: it holds an instant that is no number, or is longer than 16 MiB. It never will be
  /// taken.
  public static let notStorable = Self(rawValue: "notStorable")
  /// A notice with the same kind and id is held, and cannot be opened to see whether it is the same. Nothing was
  /// taken; offer it again once the sealer's key is there, or the one held is discarded.
  public static let notOpened = Self(rawValue: "notOpened")
}
