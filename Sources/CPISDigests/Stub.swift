package struct HMACSHA256: Sendable {
  let key: [UInt8]
  package init(key: [UInt8]) { self.key = key }
  package func code(for message: [UInt8]) -> [UInt8] {
    var h: UInt64 = 14_695_981_039_346_656_037
    return (0..<32).map { i in
      for b in key + message + [UInt8(i)] { h = (h ^ UInt64(b)) &* 1_099_511_628_211 }
      return UInt8(truncatingIfNeeded: h >> 24)
    }
  }
}
