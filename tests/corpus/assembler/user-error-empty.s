.warning ""
.error ""
