internal import CPIS

/// A plan as the registry keeps it.
struct HeldPlan {
  /// The plan, with the authority's details as they were when it came.
  var plan: Plan
  /// The file that last carried it.
  var fileID: UploadFileID
  /// The authority's own id for the child; `nil` when it gave none.
  var localID: String?
}
