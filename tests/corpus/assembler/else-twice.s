.if 1
.else
.else
.elseif 1
.endif
.endif
.else
