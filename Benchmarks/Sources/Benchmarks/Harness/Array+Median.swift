extension [Double] {
  /// The one in the middle; of an even number, the greater of the two.
  ///
  /// - Precondition: not empty.
  var median: Double { sorted()[count / 2] }
}
