.include "include-itself.s"
