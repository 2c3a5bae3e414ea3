extension Notice {
  public func stored() throws(StoredFormError) -> [UInt8] { throw StoredFormError(.malformed) }
  public init(stored: [UInt8]) throws(StoredFormError) { throw StoredFormError(.malformed) }
}
extension CachedAnswer {
  public func stored() throws(StoredFormError) -> [UInt8] { throw StoredFormError(.malformed) }
  public init(stored: [UInt8]) throws(StoredFormError) { throw StoredFormError(.malformed) }
}
