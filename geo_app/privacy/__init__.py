"""Privacy (个人信息保护): who sees personal values, for how long they are kept, what people may ask about their own."""
