#if THREAD_SANITIZER
  // Exported so that every file of this module sees the stand-in's members, too.
  @_exported public import NHSNumbers

  typealias Mutex = SanitizedMutex
#endif
