import TestSupport

let fixtures = Checkout.fixtures("heads")
