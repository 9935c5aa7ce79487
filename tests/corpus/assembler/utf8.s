# grün
        addi    größe, a0, 1
ö: nop; j ö; adid é
