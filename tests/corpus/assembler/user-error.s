.error "this is wrong"
.warning "this is odd"
.error oops
