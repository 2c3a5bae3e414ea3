import NHSNumbers

/// The same keys in every kind of table. Each is made when first asked for, and then kept.
final class Tables {
  let keys: [NHSNumber]

  init(_ keys: [NHSNumber]) { self.keys = keys }

  lazy var index = NHSNumberIndex(keys)
  lazy var floor = BitTestFloor(keys)
  lazy var sorted = SortedArray(keys.map(\.payload))
  lazy var integerSet = Set(keys.map(\.tenDigits))
  lazy var numbers = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, UInt32($0)) })
  lazy var integers = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1.tenDigits, UInt32($0)) })
  lazy var strings = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1.wireForm, UInt32($0)) })
}

extension NHSNumber {
  /// The number as most programs keep it that do not keep it as text.
  var tenDigits: UInt64 { UInt64(payload) * 10 + UInt64(checkDigit) }
}
