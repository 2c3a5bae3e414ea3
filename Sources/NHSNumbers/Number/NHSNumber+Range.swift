extension NHSNumber {
  /// Whether all ten digits are the same.
  ///
  /// Such numbers pass the check, and are typed where the real one is not known: they identify nobody.
  @inlinable
  public var isPlaceholder: Bool { payload % 111_111_111 == 0 && checkDigit == Int(payload / 111_111_111) }

  /// The block of numbers a number lies in, and so who issues from it. Advisory: never a reason to refuse.
  public enum Range: Hashable, Sendable, CaseIterable {
    /// 010 000 0000 to 311 299 9999: Scotland's Community Health Index numbers.
    case scotland
    /// 320 000 0000 to 399 999 9999: Northern Ireland's Health and Care numbers.
    case northernIreland
    /// 400 to 499 and 600 to 799: England, Wales and the Isle of Man.
    case englandWalesIsleOfMan
    /// 800 000 0000 to 859 999 9999: the Republic of Ireland's Individual Health Identifiers.
    case ireland
    /// 999 000 0000 to 999 999 9999: for tests, never issued to a person.
    case test
    /// All others: not allocated, or reserved.
    case unallocated
  }

  /// The block this number lies in. Advisory: blocks change, and a number outside them may still be real.
  public var range: Range {
    switch payload {
    case 10_000_000...311_299_999: .scotland
    case 320_000_000...399_999_999: .northernIreland
    case 400_000_000...499_999_999, 600_000_000...799_999_999: .englandWalesIsleOfMan
    case 800_000_000...859_999_999: .ireland
    case 999_000_000...999_999_999: .test
    default: .unallocated
    }
  }
}
