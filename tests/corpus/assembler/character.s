.byte 'a', '\q', '
.byte '\x41', '\'
